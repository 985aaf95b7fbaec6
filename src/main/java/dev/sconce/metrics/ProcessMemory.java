package dev.sconce.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process takes of the machine's memory. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";

  private ProcessMemory() {}

  /** Resident memory in bytes; 0 where the system does not tell (it is Linux that has /proc). */
  public static long residentBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(RESIDENT)) {
          String kilobytes = line.substring(RESIDENT.length()).replace("kB", "").strip();
          return Long.parseLong(kilobytes) << 10;
        }
      }
    } catch (IOException | NumberFormatException e) {
      // another system
    }
    return 0;
  }
}
