package dev.sconce.torch;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memory outside Java's heap that libtorch takes weights and results from. */
public final class NativeHeap {
  private static final Logger log = LoggerFactory.getLogger(NativeHeap.class);

  private NativeHeap() {}

  /**
   * Gives what is free in it back to the system: once weights were loaded, brought into another
   * order or freed, the C library would keep up to half of what they took. Takes some milliseconds.
   *
   * <p>A JVM that does not know how (before 17.0.9, or not on Linux) leaves it as it is.
   */
  public static void trim() {
    try {
      Object said =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "systemTrimNativeHeap",
                  null,
                  null);
      log.debug("{}", said);
    } catch (JMException e) {
      log.debug("the native heap is not trimmed: {}", e.toString());
    }
  }
}
