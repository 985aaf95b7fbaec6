package dev.sconce.metrics;

import io.prometheus.client.Collector;
import java.util.List;
import java.util.function.Supplier;

/** A family whose values are read when Prometheus asks. */
final class ReadFamily extends Collector implements Collector.Describable {
  private final String name;
  private final String help;
  private final List<String> labelNames;
  private final Supplier<List<Reading>> readings;

  ReadFamily(String name, String help, List<String> labelNames, Supplier<List<Reading>> readings) {
    this.name = name;
    this.help = help;
    this.labelNames = labelNames;
    this.readings = readings;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return families(
        readings.get().stream()
            .map(
                reading ->
                    new MetricFamilySamples.Sample(
                        name, labelNames, reading.labelValues(), reading.value()))
            .toList());
  }

  @Override
  public List<MetricFamilySamples> describe() {
    return families(List.of());
  }

  private List<MetricFamilySamples> families(List<MetricFamilySamples.Sample> samples) {
    Type type = name.endsWith("_total") ? Type.COUNTER : Type.GAUGE;
    return List.of(new MetricFamilySamples(name, type, help, samples));
  }
}
