package dev.sconce.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class MetricRegistryTest {
  private final MetricRegistry registry = new MetricRegistry();

  /** The text is that of the simpleclient 0.9.0, which TorchServe's dashboards know. */
  @Test
  void namesHelpAndLabelsAreTorchServes() {
    Counter requests = registry.counter("Requests2XX", "Count", "Level", "Hostname");
    requests.add(1, "Host", "here");
    requests.add(2, "Host", "here");
    assertThat(registry.text(Set.of()))
        .isEqualTo(
            """
            # HELP Requests2XX Torchserve prometheus counter metric with unit: Count
            # TYPE Requests2XX counter
            Requests2XX{Level="Host",Hostname="here",} 3.0
            """);
  }

  @Test
  void aGaugeHasItsLastValueForEachSetOfLabels() {
    Gauge time = registry.gauge("QueueTime", "Milliseconds", "Hostname");
    time.set(5, "a");
    time.set(7, "b");
    time.set(2.5, "a");
    assertThat(registry.text(Set.of()))
        .contains("# HELP QueueTime Torchserve prometheus gauge metric with unit: Milliseconds")
        .contains("QueueTime{Hostname=\"a\",} 2.5", "QueueTime{Hostname=\"b\",} 7.0");
  }

  @Test
  void namesThatAreAskedForAloneAreGiven() {
    registry.counter("one", "Count").add(1);
    registry.counter("two", "Count").add(1);
    assertThat(registry.text(Set.of("two"))).contains("two 1.0").doesNotContain("one");
    assertThat(registry.text(Set.of("three"))).isEmpty();
  }

  @Test
  void aNameIsTakenOnce() {
    registry.counter("one", "Count");
    assertThatThrownBy(() -> registry.gauge("one", "Count"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
