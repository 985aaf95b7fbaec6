package dev.sconce.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProcessMetricsTest {
  /** To which a system counts, in seconds. */
  private static final double CLOCK_TICK = 0.02;

  @Test
  void theProcessTellsItsVersionAndWhatItTakes() {
    MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, Clock.systemUTC());
    ProcessMetrics.addTo(registry, "1.2.3");
    assertThat(registry.text(Set.of()))
        .contains("sconce_build_info{version=\"1.2.3\",java=\"" + Runtime.version() + "\",} 1.0")
        .containsPattern("sconce_jvm_memory_used_bytes\\{area=\"heap\",} [1-9]")
        .containsPattern("sconce_jvm_memory_max_bytes\\{area=\"heap\",} [1-9]")
        .containsPattern("sconce_jvm_buffers_used_bytes\\{pool=\"direct\",} \\d")
        .containsPattern("sconce_jvm_gc_seconds_total\\{collector=\"[^\"]+\",} \\d")
        .containsPattern("sconce_jvm_threads [1-9]")
        .containsPattern("sconce_process_start_time_seconds 1\\.\\d+E9")
        .contains("# TYPE sconce_jvm_gc_collections_total counter")
        .contains("sconce_process_resident_memory_bytes ");
  }

  @Test
  void theProcessTellsTheCpuTimeThatAllItsThreadsHaveTaken() {
    MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, Clock.systemUTC());
    ProcessMetrics.addTo(registry, "1.2.3");
    double before = cpuSeconds();
    String text = registry.text(Set.of("sconce_process_cpu_seconds_total"));
    double after = cpuSeconds();
    assertThat(text).contains("# TYPE sconce_process_cpu_seconds_total counter");
    assertThat(Double.parseDouble(text.strip().replaceFirst("(?s).* ", "")))
        .isBetween(before - CLOCK_TICK, after + CLOCK_TICK);
  }

  private static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / 1e9;
  }
}
