package dev.sconce.metrics;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The machine's memory, by the formulas of psutil 5.9's {@code virtual_memory}. */
record MachineMemory(long totalBytes, long usedBytes, long availableBytes) {
  private static final Path MEMINFO = Path.of("/proc/meminfo");

  /** What Linux tells; elsewhere what Java knows of it. */
  static MachineMemory read(OperatingSystemMXBean system) throws IOException {
    if (Files.isReadable(MEMINFO)) {
      return of(Files.readAllLines(MEMINFO));
    }
    long total = system.getTotalMemorySize();
    long free = system.getFreeMemorySize();
    return new MachineMemory(total, total - free, free);
  }

  /** From the lines of {@code /proc/meminfo}, as in {@code MemTotal: 24645432 kB}. */
  static MachineMemory of(List<String> lines) {
    Map<String, Long> bytes = new HashMap<>();
    for (String line : lines) {
      String[] words = line.split("[:\\s]+");
      bytes.put(words[0], Long.parseLong(words[1]) << 10);
    }
    long total = bytes.getOrDefault("MemTotal", 0L);
    long free = bytes.getOrDefault("MemFree", 0L);
    long cached =
        bytes.getOrDefault("Buffers", 0L)
            + bytes.getOrDefault("Cached", 0L)
            + bytes.getOrDefault("SReclaimable", 0L);
    long used = total - free - cached;
    return new MachineMemory(
        total, used < 0 ? total - free : used, bytes.getOrDefault("MemAvailable", free));
  }

  /** The share of the memory that nobody could have, 0 to 1. */
  double utilization() {
    return (double) (totalBytes - availableBytes) / totalBytes;
  }
}
