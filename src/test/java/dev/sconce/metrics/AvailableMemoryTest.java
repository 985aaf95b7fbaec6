package dev.sconce.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files are laid out as Linux lays them out; numbers are small. */
class AvailableMemoryTest {
  private static final long MACHINE = 9000L << 10;
  private static final String NO_LIMIT_V1 = "9223372036854771712";

  @TempDir Path root;

  @BeforeEach
  void machine() throws IOException {
    write("proc/meminfo", "MemTotal: 20000 kB\nMemFree: 1000 kB\nMemAvailable: 9000 kB\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    Files.writeString(path, text);
  }

  private void second(String group, String limit, long usage, String stat) throws IOException {
    write("sys/fs/cgroup" + group + "/memory.max", limit + "\n");
    write("sys/fs/cgroup" + group + "/memory.current", usage + "\n");
    write("sys/fs/cgroup" + group + "/memory.stat", stat);
  }

  private void first(String group, String limit, long usage, String stat) throws IOException {
    write("sys/fs/cgroup/memory" + group + "/memory.limit_in_bytes", limit + "\n");
    write("sys/fs/cgroup/memory" + group + "/memory.usage_in_bytes", usage + "\n");
    write("sys/fs/cgroup/memory" + group + "/memory.stat", stat);
  }

  private long bytes() {
    return AvailableMemory.in(root).bytes();
  }

  @Test
  void withoutControlGroupsItIsTheMachines() {
    assertThat(bytes()).isEqualTo(MACHINE);
  }

  @Test
  void aGroupOutsideOfWhatIsMountedIsUnderItsLimitAllTheSame() throws IOException {
    write("proc/self/cgroup", "0::/../pod\n");
    second("", "1000", 960, "inactive_file 0\nactive_file 0\n");
    assertThat(bytes()).isEqualTo(40);
  }

  @Test
  void aContainersLimitCountsAndItsPageCacheIsFree() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    String stat = "anon 500\nfile 460\ninactive_file 300\nactive_file 150\nshmem 10\n";
    second("", "1000", 960, stat);
    assertThat(bytes()).isEqualTo(1000 - 960 + 300 + 150);
  }

  @Test
  void theGroupsAboveCountToo() throws IOException {
    write("proc/self/cgroup", "0::/a/b\n");
    second("/a/b", "max", 100, "");
    second("/a", "700", 650, "inactive_file 20\n");
    assertThat(bytes()).isEqualTo(70);
  }

  @Test
  void theFirstVersionsGroupsAreReadAsThatVersionWritesThem() throws IOException {
    write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n");
    String stat = "cache 5\ninactive_file 1\ntotal_inactive_file 30\ntotal_active_file 10\n";
    first("", "1000", 900, stat); // as a container sees its own, whatever its path
    assertThat(bytes()).isEqualTo(140);
  }

  @Test
  void withoutALimitTheMachinesCounts() throws IOException {
    write("proc/self/cgroup", "4:memory:/\n0::/\n");
    first("", NO_LIMIT_V1, 900, "");
    second("", "max", 900, "");
    assertThat(bytes()).isEqualTo(MACHINE);
  }

  @Test
  void moreInUseThanAllowedIsLessThanNothing() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    second("", "1000", 1100, "inactive_file 0\n");
    assertThat(bytes()).isEqualTo(-100);
  }

  @Test
  void thisProcessHasSome() {
    assertThat(AvailableMemory.ofThisProcess().bytes()).isBetween(1L, Long.MAX_VALUE - 1);
  }
}
