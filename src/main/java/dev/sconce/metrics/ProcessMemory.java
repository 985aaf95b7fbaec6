package dev.sconce.metrics;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this process takes of the machine's memory, and how it gives it back. */
public final class ProcessMemory {
  private static final Logger log = LoggerFactory.getLogger(ProcessMemory.class);
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";

  /** HotSpot's own commands; {@code jcmd PID System.trim_native_heap} is this one. */
  private static final String COMMANDS = "com.sun.management:type=DiagnosticCommand";

  private static final String TRIM = "systemTrimNativeHeap";

  private ProcessMemory() {}

  /**
   * Gives back to the system what nobody uses any more: Java's garbage, with the files that are
   * mapped for it, and what {@code malloc} keeps of freed memory to have it at hand. Blocks, and
   * halts every thread while Java's heap is swept: some milliseconds for one that holds requests
   * and no weights.
   */
  public static void giveBack() {
    System.gc();
    try {
      Object unused =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName(COMMANDS),
                  TRIM,
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
    } catch (JMException | RuntimeException e) {
      log.debug("what malloc keeps cannot be given back here", e); // no glibc, or an older Java
    }
  }

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
