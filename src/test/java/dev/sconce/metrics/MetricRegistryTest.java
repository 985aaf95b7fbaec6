package dev.sconce.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.logs.LogLines;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricRegistryTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochSecond(1_795_233_262), ZoneOffset.UTC);

  private final MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, CLOCK);

  /** The text is that of the simpleclient 0.9.0, which TorchServe's dashboards know. */
  @Test
  void namesHelpAndLabelsAreTorchServes() {
    Family<Counter> requests =
        registry.torchServeCounter("Requests2XX", "Count", "Level", "Hostname");
    requests.with("Host", "here").add(1);
    requests.with("Host", "here").add(2);
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
    Family<Gauge> time = registry.torchServeGauge("QueueTime", "Milliseconds", "Hostname");
    time.with("a").set(5);
    time.with("b").set(7);
    time.with("a").set(2.5);
    assertThat(registry.text(Set.of()))
        .contains("# HELP QueueTime Torchserve prometheus gauge metric with unit: Milliseconds")
        .contains("QueueTime{Hostname=\"a\",} 2.5", "QueueTime{Hostname=\"b\",} 7.0");
  }

  @Test
  void namesThatAreAskedForAloneAreGiven() {
    registry.counter("one", "Count").with().add(1);
    registry.counter("two", "Count").with().add(1);
    assertThat(registry.text(Set.of("two"))).contains("two 1.0").doesNotContain("one");
    assertThat(registry.text(Set.of("three"))).isEmpty();
  }

  @Test
  void aNameIsTakenOnce() {
    registry.counter("one", "Count");
    assertThatThrownBy(() -> registry.gauge("one", "Count"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aHistogramIsFoundByItsNameAlone() {
    registry.histogram("took_seconds", "Time it took", new double[] {0.5, 1}).with().observe(0.7);
    assertThat(registry.text(Set.of("took_seconds")))
        .isEqualTo(
            """
            # HELP took_seconds Time it took
            # TYPE took_seconds histogram
            took_seconds_bucket{le="0.5",} 0.0
            took_seconds_bucket{le="1.0",} 1.0
            took_seconds_bucket{le="+Inf",} 1.0
            took_seconds_count 1.0
            took_seconds_sum 0.7
            """);
  }

  @Test
  void whatIsRemovedIsShownNoMore() {
    Family<Counter> family = registry.counter("a_total", "A", "name");
    family.with("one").add(1);
    family.with("two").add(1);
    family.remove("one");
    assertThat(registry.text(Set.of())).contains("\"two\"").doesNotContain("\"one\"");
    family.with("one").add(5);
    assertThat(registry.text(Set.of())).contains("a_total{name=\"one\",} 5.0");
  }

  @Test
  void aFamilyCanBeReadWhenItIsAskedFor() {
    double[] value = {1};
    registry.readings("depth", "D", List.of("l"), () -> List.of(Reading.of(value[0], "a")));
    registry.readings("seen_total", "S", List.of(), () -> List.of(Reading.of(2)));
    value[0] = 7;
    assertThat(registry.text(Set.of()))
        .contains("# TYPE depth gauge", "depth{l=\"a\",} 7.0")
        .contains("# TYPE seen_total counter", "seen_total 2.0");
  }

  /** Each mode: what /metrics shows, and which families have lines in the logs. */
  @ParameterizedTest
  @CsvSource({
    "ALL,        a_total QueueTime ts_queue_latency_microseconds, QueueTime ts_queue_latency_microseconds",
    "LOG,        '',                                              QueueTime ts_queue_latency_microseconds",
    "PROMETHEUS, a_total QueueTime ts_queue_latency_microseconds, ''",
    "LEGACY,     ts_queue_latency_microseconds,                   QueueTime"
  })
  void aModeRestrictsAsTorchServesDoes(MetricsMode mode, String shown, String logged) {
    MetricRegistry restricted = new MetricRegistry(mode, CLOCK);
    try (LogLines lines = new LogLines("TS_METRICS")) {
      restricted.counter("a_total", "A").with().add(1);
      restricted
          .torchServeGauge("QueueTime", "Milliseconds", "Level", "Hostname")
          .with("Host", "vm")
          .set(2);
      restricted
          .torchServeCounter("ts_queue_latency_microseconds", "Microseconds", "hostname")
          .with("vm")
          .add(3);
      Set<String> names =
          restricted
              .text(Set.of())
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split("[{ ]")[0])
              .collect(Collectors.toSet());
      assertThat(String.join(" ", new TreeSet<>(names))).isEqualTo(inOrder(shown));
      assertThat(lines.texts().stream().map(line -> line.substring(0, line.indexOf('.'))))
          .containsExactlyInAnyOrder(logged.isEmpty() ? new String[0] : logged.split(" "));
    }
  }

  private static String inOrder(String names) {
    return names.isEmpty() ? "" : String.join(" ", new TreeSet<>(Set.of(names.split(" "))));
  }

  @Test
  void aLineInTheLogIsTorchServes() {
    try (LogLines server = new LogLines("TS_METRICS");
        LogLines model = new LogLines("MODEL_METRICS")) {
      registry
          .torchServeCounter("Requests2XX", "Count", "Level", "Hostname")
          .with("Host", "vm")
          .add(1);
      registry
          .torchServeModelGauge("PredictionTime", "ms", "ModelName", "Level", "Hostname")
          .with("siamese", "Model", "vm")
          .set(1450.63, "7bd9d535");
      assertThat(server.texts())
          .containsExactly("Requests2XX.Count:1.0|#Level:Host|#hostname:vm,timestamp:1795233262");
      assertThat(model.texts())
          .containsExactly(
              "PredictionTime.ms:1450.63|#ModelName:siamese,Level:Model|#hostname:vm,"
                  + "requestID:7bd9d535,timestamp:1795233262");
    }
  }

  @Test
  void aChangeWrittenToTheLogIsTheChange() {
    try (LogLines lines = new LogLines("TS_METRICS")) {
      Counter requests = registry.torchServeCounter("Requests2XX", "Count", "Hostname").with("vm");
      requests.add(1);
      requests.add(1);
      assertThat(lines.texts())
          .hasSize(2)
          .allMatch(line -> line.startsWith("Requests2XX.Count:1.0"));
    }
  }
}
