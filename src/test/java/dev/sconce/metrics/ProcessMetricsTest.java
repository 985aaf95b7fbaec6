package dev.sconce.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProcessMetricsTest {
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
}
