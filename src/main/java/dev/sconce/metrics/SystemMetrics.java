package dev.sconce.metrics;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's processor, memory, disk and GPUs, as TorchServe's {@code system_metrics.py} tells
 * them. Looked at on a thread of its own, since a disk and a driver may take their time.
 */
public final class SystemMetrics implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SystemMetrics.class);
  private static final double MEGABYTE = 1 << 20;
  private static final double GIGABYTE = 1 << 30;
  private static final String PERCENT = "Percent";

  private final String host;
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final Map<String, Family<Gauge>> families = new LinkedHashMap<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(SystemMetrics::daemon);

  /** Adds the families to {@code registry}; they have no values before {@link #start}. */
  public SystemMetrics(MetricRegistry registry, String host) {
    this.host = host;
    Map.of(
            "CPUUtilization", PERCENT,
            "MemoryUsed", "Megabytes",
            "MemoryAvailable", "Megabytes",
            "MemoryUtilization", PERCENT,
            "DiskUsage", "Gigabytes",
            "DiskAvailable", "Gigabytes",
            "DiskUtilization", PERCENT)
        .forEach(
            (name, unit) ->
                families.put(name, registry.torchServeGauge(name, unit, "Level", "Hostname")));
    Map.of("GPUUtilization", PERCENT, "GPUMemoryUtilization", PERCENT, "GPUMemoryUsed", "Megabytes")
        .forEach(
            (name, unit) ->
                families.put(
                    name, registry.torchServeGauge(name, unit, "Level", "DeviceId", "Hostname")));
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "system-metrics");
    thread.setDaemon(true);
    return thread;
  }

  /** Looks now and then every {@code interval}, until closed. */
  public void start(Duration interval) {
    var unused =
        executor.scheduleWithFixedDelay(
            this::lookSafely, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A task that throws is not run again. */
  private void lookSafely() {
    try {
      look();
    } catch (IOException | RuntimeException e) {
      log.warn("the system's metrics could not be read", e);
    }
  }

  private void look() throws IOException {
    double load = system.getCpuLoad();
    if (load >= 0) {
      tell("CPUUtilization", percent(load));
    }
    MachineMemory memory = MachineMemory.read(system);
    tell("MemoryUsed", memory.usedBytes() / MEGABYTE);
    tell("MemoryAvailable", memory.availableBytes() / MEGABYTE);
    tell("MemoryUtilization", percent(memory.utilization()));
    disk(Files.getFileStore(Path.of("/")));
    for (GpuReading gpu : GpuReading.all()) {
      tell("GPUUtilization", gpu.utilizationPercent(), gpu.id());
      tell("GPUMemoryUtilization", percent(gpu.usedMegabytes() / gpu.totalMegabytes()), gpu.id());
      tell("GPUMemoryUsed", gpu.usedMegabytes(), gpu.id());
    }
  }

  /** As psutil's {@code disk_usage}: what is kept for root is neither used nor available. */
  private void disk(FileStore root) throws IOException {
    double used = root.getTotalSpace() - root.getUnallocatedSpace();
    double available = root.getUsableSpace();
    tell("DiskUsage", used / GIGABYTE);
    tell("DiskAvailable", available / GIGABYTE);
    tell("DiskUtilization", percent(used / (used + available)));
  }

  /** With one decimal, as psutil rounds. */
  private static double percent(double share) {
    return Math.round(share * 1000) / 10.0;
  }

  private void tell(String name, double value) {
    Objects.requireNonNull(families.get(name)).with("Host", host).set(value);
  }

  private void tell(String name, double value, String gpu) {
    Objects.requireNonNull(families.get(name)).with("Host", gpu, host).set(value);
  }

  /** Looks no more. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
