package dev.sconce.metrics;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much memory this process can still take before the machine has none left, or one of the
 * control groups it is in, as a container is. What the page cache holds of files counts as free,
 * for the kernel gives it up first. Immutable.
 */
public final class AvailableMemory {
  private static final Version V1 =
      new Version("memory.limit_in_bytes", "memory.usage_in_bytes", "total_");
  private static final Version V2 = new Version("memory.max", "memory.current", "");

  /** What stands for "no limit" in the second version; in the first it is a huge number. */
  private static final String NO_LIMIT = "max";

  private final Path root;

  /**
   * Where the kernel tells of a control group, by the version of its interface.
   *
   * @param limit the file with the most bytes it may have
   * @param usage the file with the bytes it has, page cache included
   * @param prefix what names in {@code memory.stat} begin with that count the groups below it, too
   */
  private record Version(String limit, String usage, String prefix) {}

  private AvailableMemory(Path root) {
    this.root = root;
  }

  /** That of this process. */
  public static AvailableMemory ofThisProcess() {
    return new AvailableMemory(Path.of("/"));
  }

  /** That of the process that a file system tells of. */
  static AvailableMemory in(Path root) {
    return new AvailableMemory(root);
  }

  /** The bytes that are left; negative if more is in use than is allowed. */
  public long bytes() {
    Stream<Long> groups = groups().stream().map(AvailableMemory::left);
    return Stream.concat(Stream.of(ofMachine()), groups).mapToLong(Long::longValue).min().orElse(0);
  }

  private long ofMachine() {
    try {
      Path told = root.resolve("proc/meminfo");
      return Files.isReadable(told)
          ? MachineMemory.of(Files.readAllLines(told)).availableBytes()
          : ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize();
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }

  /** A control group's directory. */
  private record Group(Path directory, Version version) {}

  /** Those the process is in, as far as they are to be seen from here, and all above them. */
  private List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    Path mounted = root.resolve("sys/fs/cgroup");
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] parts = line.split(":", 3); // number:controllers:path
      if (parts.length == 3 && parts[1].isEmpty()) {
        addUpwards(groups, mounted, parts[2], V2);
      } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
        addUpwards(groups, mounted.resolve("memory"), parts[2], V1);
      }
    }
    return groups;
  }

  private static void addUpwards(List<Group> groups, Path top, String path, Version version) {
    Path group = top.resolve(path.replaceFirst("^/+", "")).normalize();
    // A process of another namespace is in "/../x": what is mounted holds for it all the same.
    Path first = group.startsWith(top) ? group : top;
    for (Path at = first; at != null && at.startsWith(top); at = at.getParent()) {
      if (Files.isReadable(at.resolve(version.limit))) {
        groups.add(new Group(at, version));
      }
    }
  }

  private static long left(Group group) {
    String limit = first(group.directory.resolve(group.version.limit));
    String usage = first(group.directory.resolve(group.version.usage));
    if (limit.equals(NO_LIMIT) || limit.isEmpty() || usage.isEmpty()) {
      return Long.MAX_VALUE;
    }
    return Long.parseLong(limit) - Long.parseLong(usage) + filePages(group);
  }

  private static long filePages(Group group) {
    String prefix = group.version.prefix;
    List<String> names = List.of(prefix + "inactive_file", prefix + "active_file");
    return lines(group.directory.resolve("memory.stat")).stream()
        .map(line -> line.split(" "))
        .filter(words -> words.length == 2 && names.contains(words[0]))
        .mapToLong(words -> Long.parseLong(words[1]))
        .sum();
  }

  private static String first(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? "" : lines.get(0).strip();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // another system, or a group that has just gone
    }
  }
}
