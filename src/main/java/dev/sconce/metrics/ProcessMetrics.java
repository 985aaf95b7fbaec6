package dev.sconce.metrics;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What this process is and takes: version, Java's memory, collections and threads, all memory and
 * CPU time.
 */
public final class ProcessMetrics {
  private static final double MILLIS_PER_SECOND = 1e3;
  private static final List<String> AREA = List.of("area");
  private static final List<String> COLLECTOR = List.of("collector");

  private final MetricRegistry registry;

  private ProcessMetrics(MetricRegistry registry) {
    this.registry = registry;
  }

  /**
   * Adds the families to {@code registry}.
   *
   * @param version the server's
   */
  public static void addTo(MetricRegistry registry, String version) {
    registry
        .gauge("sconce_build_info", "The server's and Java's version; always 1", "version", "java")
        .with(version, Runtime.version().toString())
        .set(1);
    ProcessMetrics process = new ProcessMetrics(registry);
    process.addMemory();
    process.addCollections();
    process.addRest();
  }

  private void addMemory() {
    memory("used", "Java memory that is in use", MemoryUsage::getUsed);
    memory("committed", "Java memory taken from the system", MemoryUsage::getCommitted);
    registry.readings(
        "sconce_jvm_memory_max_bytes",
        "The largest size of the Java heap",
        AREA,
        () -> List.of(Reading.of((double) Runtime.getRuntime().maxMemory(), "heap")));
    registry.readings(
        "sconce_jvm_buffers_used_bytes",
        "Memory of buffers outside the Java heap",
        List.of("pool"),
        () ->
            ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .map(pool -> Reading.of((double) pool.getMemoryUsed(), pool.getName()))
                .toList());
    registry.readings(
        "sconce_process_resident_memory_bytes",
        "Resident memory of the process, libtorch's included; 0 where the system does not tell",
        List.of(),
        () -> List.of(Reading.of((double) ProcessMemory.residentBytes())));
  }

  private void memory(String what, String help, ToDoubleFunction<MemoryUsage> size) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    registry.readings(
        "sconce_jvm_memory_" + what + "_bytes",
        help,
        AREA,
        () ->
            List.of(
                Reading.of(size.applyAsDouble(memory.getHeapMemoryUsage()), "heap"),
                Reading.of(size.applyAsDouble(memory.getNonHeapMemoryUsage()), "nonheap")));
  }

  private void addCollections() {
    collections(
        "sconce_jvm_gc_collections_total",
        "Garbage collections",
        GarbageCollectorMXBean::getCollectionCount);
    collections(
        "sconce_jvm_gc_seconds_total",
        "Time spent on garbage collections",
        collector -> collector.getCollectionTime() / MILLIS_PER_SECOND);
  }

  private void collections(
      String name, String help, ToDoubleFunction<GarbageCollectorMXBean> value) {
    registry.readings(
        name,
        help,
        COLLECTOR,
        () ->
            ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(it -> Reading.of(value.applyAsDouble(it), it.getName()))
                .toList());
  }

  private void addRest() {
    registry.readings(
        "sconce_process_cpu_seconds_total",
        "CPU time of the process, libtorch's included; missing where the system does not tell",
        List.of(),
        () ->
            ProcessHandle.current().info().totalCpuDuration().stream()
                .map(time -> Reading.of(time.toMillis() / MILLIS_PER_SECOND))
                .toList());
    registry.readings(
        "sconce_jvm_threads",
        "Java threads that live",
        List.of(),
        () -> List.of(Reading.of(ManagementFactory.getThreadMXBean().getThreadCount())));
    registry
        .gauge("sconce_process_start_time_seconds", "When the process started, as Unix time")
        .with()
        .set(ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
  }
}
