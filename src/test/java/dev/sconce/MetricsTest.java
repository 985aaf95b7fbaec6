package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus and the dashboard read from a server that has answered requests. */
class MetricsTest {
  private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*),})? .*");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Names in PromQL that are no metric: functions, operators and what follows them in brackets. */
  private static final Pattern NO_METRIC =
      Pattern.compile("by \\([^)]*\\)|\\{[^}]*}|\\[[^]]*]|\\b(sum|rate|histogram_quantile)\\b");

  private static final Pattern NAME = Pattern.compile("[a-zA-Z_]\\w*");
  private static final Pattern GROUPING = Pattern.compile("by \\(([^)]*)\\)");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)(?:=~|=)\"");

  /** What a running TorchServe 0.12.0 showed: its families, and one sample of each. */
  private static final Path TORCHSERVE = Path.of("src/test/resources/metrics/torchserve");

  @TempDir Path directory;

  /** Labels of each sample name. */
  private static Map<String, Set<String>> labels(String text) {
    Map<String, Set<String>> labels = new TreeMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              Matcher sample = SAMPLE.matcher(line);
              assertThat(sample.matches()).as(line).isTrue();
              Set<String> of = labels.computeIfAbsent(sample.group(1), name -> new HashSet<>());
              if (sample.group(2) != null) {
                LABEL.matcher(sample.group(2)).results().forEach(label -> of.add(label.group(1)));
              }
            });
    return labels;
  }

  private static Set<String> types(String text) {
    return text.lines().filter(line -> line.startsWith("# TYPE")).collect(Collectors.toSet());
  }

  /** Of a server that has given answers of every kind. */
  private static String metricsOfABusy(RunningServer server) throws Exception {
    MultipartForm form = GoldenPairs.served().form(0);
    assertThat(server.predict(form).statusCode()).isEqualTo(200);
    while (!server.metrics().body().contains("HandlerTime{")) {
      Thread.onSpinWait(); // the worker tells it just after the answer
    }
    assertThat(server.manage("GET", "/models/stranger").statusCode()).isEqualTo(404);
    server.manage("PUT", "/models/twin?min_worker=0&synchronous=true");
    assertThat(server.predict(form).statusCode()).isEqualTo(503);
    server.manage("PUT", "/models/twin?min_worker=1&synchronous=true"); // a new WorkerLoadTime
    String text = server.metrics().body();
    while (!text.contains("DiskUtilization{") || !text.contains("Requests5XX{")) {
      text = server.metrics().body();
    }
    return text;
  }

  @Test
  void everyFamilyOfTorchServesIsThereWithItsTypeAndLabels() throws Exception {
    try (RunningServer server = RunningServer.withTwin(directory)) {
      String text = metricsOfABusy(server);
      assertThat(text.lines()).containsAll(Files.readAllLines(TORCHSERVE.resolve("families.txt")));
      Map<String, Set<String>> labels = labels(text);
      labels(Files.readString(TORCHSERVE.resolve("samples.txt")))
          .forEach((name, of) -> assertThat(labels.get(name)).as(name).isEqualTo(of));
      assertThat(text)
          .contains("ts_inference_requests_total{model_name=\"twin\",model_version=\"default\"")
          .contains(
              "sconce_request_duration_seconds_count{model_name=\"twin\",model_version=\"1.0\"");
    }
  }

  @Test
  void unknownModelsLeaveNoTraceInLabels() throws Exception {
    try (RunningServer server = RunningServer.withTwin(directory)) {
      server.send(server.predictRequest("stranger", "text/plain", new byte[] {1}));
      assertThat(server.metrics().body()).contains("Requests4XX{").doesNotContain("stranger");
    }
  }

  @Test
  void theDashboardAsksForNothingThatIsNotThere() throws Exception {
    JsonNode dashboard =
        new ObjectMapper().readTree(Files.readString(Path.of("sample/grafana/sconce.json")));
    List<String> expressions = new ArrayList<>(dashboard.findValuesAsText("expr"));
    assertThat(expressions).hasSizeGreaterThan(20);
    try (RunningServer server = RunningServer.withTwin(directory)) {
      String text = metricsOfABusy(server);
      Map<String, Set<String>> labels = labels(text);
      for (String gpu : List.of("GPUUtilization", "GPUMemoryUtilization", "GPUMemoryUsed")) {
        assertThat(types(text)).contains("# TYPE " + gpu + " gauge");
        labels.putIfAbsent(gpu, Set.of("Level", "DeviceId", "Hostname"));
      }
      for (String expression : expressions) {
        checkNames(expression, labels);
      }
    }
  }

  private static void checkNames(String expression, Map<String, Set<String>> labels) {
    Set<String> names =
        NAME.matcher(NO_METRIC.matcher(expression).replaceAll(" "))
            .results()
            .map(name -> name.group())
            .collect(Collectors.toSet());
    assertThat(names).as(expression).isNotEmpty();
    Set<String> asked =
        Stream.concat(
                MATCHER.matcher(expression).results().map(label -> label.group(1)),
                GROUPING
                    .matcher(expression)
                    .results()
                    .flatMap(group -> Arrays.stream(group.group(1).split(", "))))
            .collect(Collectors.toSet());
    for (String name : names) {
      assertThat(labels).as(expression).containsKey(name);
      assertThat(labels.get(name)).as(expression).containsAll(asked);
    }
  }

  @Test
  void anExplicitModeRestrictsWhatIsShown() throws Exception {
    try (RunningServer server =
        RunningServer.withArchive(directory, List.of("twin=twin.mar"), "metrics_mode=log")) {
      assertThat(server.ping().statusCode()).isEqualTo(200);
      assertThat(server.metrics().body()).isEmpty();
    }
  }
}
