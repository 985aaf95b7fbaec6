package dev.sconce.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.handler.HandlerMetrics;
import dev.sconce.handler.HandlerMetrics.Metric;
import dev.sconce.logs.LogLines;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.metrics.MetricsMode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Handlers have metrics of their own, which come and go with their model. */
class HandlerMetricsTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(7), ZoneOffset.UTC);
  private static final String LABELS = "ModelName=\"harbour\",Level=\"Model\",Hostname=\"vm\",";

  private final MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, CLOCK);
  private final InferenceMetrics all = new InferenceMetrics(registry, "vm");
  private final ModelMetrics pool = open("harbour", "1.0");
  private final HandlerMetrics metrics = all.ofHandlers("harbour");

  private ModelMetrics open(String model, String version) {
    return all.open(model, version, List::of, () -> 0);
  }

  private String text() {
    return registry.text(Set.of());
  }

  @Test
  void eachTypeIsShownAsTorchServeShowsItsHandlers() {
    Metric boats = metrics.counter("BoatsSeen", "count", "Kind");
    boats.record(1, "sail");
    boats.record(2, "sail");
    boats.record(5, "steam");
    Metric confidence = metrics.gauge("Confidence", "percent");
    confidence.record(80);
    confidence.record(75.5);
    metrics.histogram("Size", "MB").record(0.3);

    assertThat(text())
        .contains("# HELP BoatsSeen Torchserve prometheus counter metric with unit: count")
        .contains("BoatsSeen{Kind=\"sail\"," + LABELS + "} 3.0")
        .contains("BoatsSeen{Kind=\"steam\"," + LABELS + "} 5.0")
        .contains("# TYPE Confidence gauge")
        .contains("Confidence{" + LABELS + "} 75.5")
        .contains("Size_bucket{" + LABELS + "le=\"0.25\",} 0.0")
        .contains("Size_bucket{" + LABELS + "le=\"0.5\",} 1.0")
        .contains("Size_sum{" + LABELS + "} 0.3");
  }

  @Test
  void eachValueIsALineOfTheModelsMetricLog() {
    try (LogLines lines = new LogLines("MODEL_METRICS")) {
      metrics.counter("BoatsSeen", "count", "Kind").record(2, "a|b,c\nd");
      assertThat(lines.texts())
          .containsExactly(
              "BoatsSeen.count:2.0|#Kind:a_b_c_d,ModelName:harbour,Level:Model"
                  + "|#hostname:vm,timestamp:7");
    }
  }

  @Test
  void workersVersionsAndModelsShareAFamily() {
    ModelMetrics second = open("harbour", "2.0");
    metrics.counter("BoatsSeen", "count").record(1);
    all.ofHandlers("harbour").counter("BoatsSeen", "count").record(1);
    ModelMetrics other = open("port", "1.0");
    all.ofHandlers("port").counter("BoatsSeen", "count").record(4);
    assertThat(text())
        .contains("BoatsSeen{" + LABELS + "} 2.0")
        .contains("BoatsSeen{ModelName=\"port\",Level=\"Model\",Hostname=\"vm\",} 4.0");

    all.close(pool);
    assertThat(text()).contains("BoatsSeen{" + LABELS + "} 2.0");
    all.close(second);
    assertThat(text()).doesNotContain("harbour").contains("BoatsSeen{ModelName=\"port\"");
    all.close(other);
    assertThat(text()).doesNotContain("BoatsSeen");
  }

  @Test
  void aNameIsFreeAgainWhenItsModelIsGone() {
    Metric old = metrics.counter("BoatsSeen", "count");
    old.record(1);
    all.close(pool);
    old.record(1); // by a thread that was given up on
    metrics.counter("Late", "count").record(1);
    all.ofHandlers("harbour").counter("Later", "count").record(1);
    assertThat(text()).doesNotContain("BoatsSeen", "Late");

    open("port", "1.0");
    all.ofHandlers("port").gauge("BoatsSeen", "percent").record(3);
    assertThat(text()).contains("# TYPE BoatsSeen gauge");
  }

  @ParameterizedTest
  @CsvSource({
    "a:b, Kind, 'metric a:b (expected: letters, digits and ''_'', no digit first)'",
    "2Boats, Kind, 'metric 2Boats (expected: letters, digits'",
    "Boats, a b, 'metric Boats: a b (expected: a label''s name)'",
    "Boats, __name, 'metric Boats: __name (expected: a label''s name)'",
    "Boats, Level, 'metric Boats: Level (expected: not one of [ModelName, Level, Hostname]'",
    "HandlerTime, Kind, 'HandlerTime'",
    "sconce_workers, Kind, 'sconce_workers'",
  })
  void aNameThatIsNoneOrTheServersOwnIsRefused(String name, String dimension, String message) {
    String before = text();
    assertThatThrownBy(() -> metrics.counter(name, "count", dimension))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    assertThat(text()).isEqualTo(before);
  }

  @Test
  void onlyAHistogramsBucketsAreNamedLe() {
    assertThatThrownBy(() -> metrics.histogram("Size", "MB", "le"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "metric Size: le (expected: another name, since a histogram's buckets have that)");
    metrics.gauge("Size", "MB", "le").record(1, "x");
    assertThat(text()).contains("Size{le=\"x\"," + LABELS + "} 1.0");
  }

  @Test
  void valuesThatTheTextFormatGivesAMeaningAreEscaped() {
    metrics.counter("Boats_total", "count", "Kind").record(1, "a\"b\\c\nd");
    assertThat(text()).contains("Boats_total{Kind=\"a\\\"b\\\\c\\nd\"," + LABELS + "} 1.0");
  }

  @Test
  void whatSharesANameIsTheSameInAllElse() {
    metrics.counter("Boats", "count", "Kind");
    open("port", "1.0");
    assertThatThrownBy(() -> all.ofHandlers("port").gauge("Boats", "count", "Kind"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "metric Boats: gauge in count by [Kind]"
                + " (expected: counter in count by [Kind], as declared by harbour)");
    assertThatThrownBy(() -> metrics.counter("Boats", "count"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("counter in count by []");
  }

  @Test
  void whatCannotBeRecordedIsLeftOutAndToldOnce() {
    Metric boats = metrics.counter("Boats", "count", "Kind");
    try (LogLines lines = new LogLines(MetricsOfHandlers.class)) {
      boats.record(1);
      boats.record(-1, "sail");
      boats.record(Double.NaN, "sail");
      boats.record(1, "sail", "steam");
      assertThat(lines.lines())
          .containsExactly(
              "WARN model harbour: metric Boats: left out: [] (expected: values of [Kind])");
    }
    assertThat(text()).doesNotContain("Boats{");
  }

  @Test
  void theNumberOfMetricsAndOfTheirValuesIsBounded() {
    Metric boats = metrics.counter("Boats", "count", "Name");
    IntStream.range(0, HandlerMetrics.MOST_VALUES + 10).forEach(i -> boats.record(1, "b" + i));
    boats.record(1, "b0");
    assertThat(text().lines().filter(line -> line.startsWith("Boats{")))
        .hasSize(HandlerMetrics.MOST_VALUES);
    assertThat(text()).contains("Boats{Name=\"b0\"," + LABELS + "} 2.0");

    IntStream.range(1, HandlerMetrics.MOST_METRICS).forEach(i -> metrics.gauge("G" + i, "count"));
    assertThatThrownBy(() -> metrics.gauge("OneMore", "count"))
        .hasMessage("metric OneMore: one more than 100");
  }

  @Test
  void whereMetricsAreOnlyLoggedTheyStillComeAndGo() {
    MetricRegistry logged = new MetricRegistry(MetricsMode.LOG, CLOCK);
    InferenceMetrics models = new InferenceMetrics(logged, "vm");
    ModelMetrics only = models.open("harbour", "1.0", List::of, () -> 0);
    try (LogLines lines = new LogLines("MODEL_METRICS")) {
      models.ofHandlers("harbour").histogram("Size", "MB").record(3);
      models.close(only);
      assertThat(lines.texts()).hasSize(1);
    }
    assertThat(logged.text(Set.of())).isEmpty();
  }
}
