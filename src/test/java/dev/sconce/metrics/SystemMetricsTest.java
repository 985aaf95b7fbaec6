package dev.sconce.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SystemMetricsTest {
  /** What the machine has moves while it is looked at twice. */
  private static final double SHARE = 0.1;

  private static double value(String text, String name) {
    Matcher line = Pattern.compile("(?m)^" + name + "\\{[^}]*} (\\S+)$").matcher(text);
    assertThat(line.find()).as(name).isTrue();
    return Double.parseDouble(line.group(1));
  }

  /** What psutil 5.9.8, TorchServe's, says of the same file. */
  @Test
  void memoryIsReckonedAsPsutilDoes() throws Exception {
    MachineMemory memory =
        MachineMemory.of(Files.readAllLines(Path.of("src/test/resources/metrics/psutil/meminfo")));
    assertThat(memory).isEqualTo(new MachineMemory(25236922368L, 3945885696L, 20449701888L));
    assertThat(memory.utilization()).isBetween(0.1895, 0.1905);
  }

  @Test
  void aGpuIsReadFromItsLine() {
    assertThat(GpuReading.of("0, 35, 1024, 81559"))
        .containsExactly(new GpuReading("0", 35, 1024, 81559));
    assertThat(GpuReading.of("0, [N/A], 1024, 81559")).isEmpty();
    assertThat(GpuReading.of("NVIDIA-SMI has failed")).isEmpty();
  }

  @Test
  void familiesHaveValuesOnlyOnceTheSystemIsLookedAt() {
    MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, Clock.systemUTC());
    try (SystemMetrics system = new SystemMetrics(registry, "here")) {
      assertThat(registry.text(Set.of()))
          .contains("# TYPE GPUMemoryUsed gauge", "# TYPE MemoryUsed gauge")
          .doesNotContain("{");
      system.start(Duration.ofHours(1));
      while (!registry.text(Set.of()).contains("DiskUtilization{")) {
        Thread.onSpinWait();
      }
      // Once more: a text may have been begun before the last value was there.
      assertThat(registry.text(Set.of()))
          .containsPattern("MemoryUsed\\{Level=\"Host\",Hostname=\"here\",} [1-9]")
          .containsPattern("MemoryUtilization\\{Level=\"Host\",Hostname=\"here\",} \\d+\\.\\d\n")
          .containsPattern("DiskAvailable\\{Level=\"Host\",Hostname=\"here\",} \\d");
    }
  }

  @Test
  void theValuesAreThoseOfThisMachineInTheirUnits() throws Exception {
    MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, Clock.systemUTC());
    String text;
    try (SystemMetrics system = new SystemMetrics(registry, "here")) {
      system.start(Duration.ofHours(1));
      while (!registry.text(Set.of()).contains("DiskUtilization{")) {
        Thread.onSpinWait();
      }
      text = registry.text(Set.of());
    }
    MachineMemory memory = MachineMemory.of(Files.readAllLines(Path.of("/proc/meminfo")));
    Offset<Double> megabytes = within(SHARE * memory.totalBytes() / (1 << 20));
    assertThat(value(text, "MemoryUsed")).isCloseTo((double) (memory.usedBytes() >> 20), megabytes);
    assertThat(value(text, "MemoryAvailable"))
        .isCloseTo((double) (memory.availableBytes() >> 20), megabytes);
    assertThat(value(text, "MemoryUtilization"))
        .isCloseTo(100 * memory.utilization(), within(100 * SHARE));

    File disk = new File("/");
    long usedBytes = disk.getTotalSpace() - disk.getFreeSpace();
    Offset<Double> gigabytes = within(SHARE * disk.getTotalSpace() / (1 << 30));
    assertThat(value(text, "DiskUsage")).isCloseTo((double) (usedBytes >> 30), gigabytes);
    assertThat(value(text, "DiskAvailable"))
        .isCloseTo((double) (disk.getUsableSpace() >> 30), gigabytes);
    assertThat(value(text, "DiskUtilization"))
        .isCloseTo(100.0 * usedBytes / (usedBytes + disk.getUsableSpace()), within(100 * SHARE));
  }
}
