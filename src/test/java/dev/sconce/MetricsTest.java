package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.http.RawClient.Reply;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Prometheus and the dashboard read from a server that has answered requests. */
class MetricsTest {

  /** Names in PromQL that are no metric: functions, operators and what follows them in brackets. */
  private static final Pattern NO_METRIC =
      Pattern.compile("by \\([^)]*\\)|\\{[^}]*}|\\[[^]]*]|\\b(sum|rate|histogram_quantile)\\b");

  private static final Pattern NAME = Pattern.compile("[a-zA-Z_]\\w*");
  private static final Pattern GROUPING = Pattern.compile("by \\(([^)]*)\\)");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)(?:=~|=)\"");

  /** Some are told just after an answer, or by a thread of their own. */
  private static final int MOST_TRIES = 10_000;

  @TempDir Path directory;

  private static Set<String> types(String text) {
    return text.lines().filter(line -> line.startsWith("# TYPE")).collect(Collectors.toSet());
  }

  /** Of a server that has given answers of every kind. */
  private static String metricsOfABusy(RunningServer server) throws Exception {
    MultipartForm form = GoldenPairs.served().form(0);
    assertThat(server.predict(form).statusCode()).isEqualTo(200);
    server.metricsWith("HandlerTime{");
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
      ContractReplay replay = new ContractReplay(server);
      replay.check("metrics_prometheus");
      replay.check("metrics_filtered");
      replay.check("metrics_filtered_unknown");
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
      assertThat(server.metricsWith("Requests4XX{")).doesNotContain("stranger");
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
      Map<String, Set<String>> labels = MetricsText.labels(text);
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

  /** Waits until what TorchServe had seen has been seen here, too, and compares. */
  private static void check(RunningServer server, String capture) throws Exception {
    check(server, capture, TorchServeAnswer.reply(capture));
  }

  private static void check(RunningServer server, String capture, Reply theirs) throws Exception {
    ContractReplay replay = new ContractReplay(server);
    Set<String> seen = MetricsText.labels(theirs.body()).keySet();
    Reply ours = replay.ask(capture);
    for (int i = 0; i < MOST_TRIES && !shows(ours, seen); i++) {
      ours = replay.ask(capture);
    }
    replay.check(capture, theirs, ours);
  }

  private static boolean shows(Reply metrics, Set<String> names) {
    return MetricsText.labels(metrics.body()).keySet().containsAll(names);
  }

  private static int freePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  @Test
  void aFreshServerShowsWhatTorchServeShows() throws Exception {
    try (RunningServer server =
        RunningServer.withArchive(
            directory,
            List.of("twin=twin.mar"),
            "default_workers_per_model=1",
            "metrics_mode=prometheus")) {
      Reply theirs = TorchServeAnswer.reply("metrics_fresh_startup");
      String body = theirs.body().replaceFirst("(?m)^WorkerThreadTime\\{.*\n", "");
      assertThat(body).isNotEqualTo(theirs.body()); // as the README's table says
      Reply expected = new Reply(theirs.statusLine(), theirs.headers(), body);
      check(server, "metrics_fresh_startup", expected);
    }
  }

  @Test
  void atOneAddressWithTheOthersTheyAreTheSame() throws Exception {
    String address = "http://127.0.0.1:" + freePort();
    try (RunningServer server =
        RunningServer.withArchive(
            directory,
            List.of("twin=twin.mar"),
            "default_workers_per_model=1",
            "inference_address=" + address,
            "management_address=" + address,
            "metrics_address=" + address)) {
      assertThat(server.predict(GoldenPairs.served().form(0)).statusCode()).isEqualTo(200);
      assertThat(server.manage("GET", "/models/stranger").statusCode()).isEqualTo(404);
      check(server, "combined_metrics");
    }
  }

  @ParameterizedTest
  @CsvSource({"legacy, metrics_legacy", "log, metrics_log_mode_empty"})
  void anExplicitModeRestrictsWhatIsShown(String mode, String capture) throws Exception {
    try (RunningServer server =
        RunningServer.withArchive(
            directory,
            List.of("twin=twin.mar"),
            "default_workers_per_model=1",
            "metrics_mode=" + mode)) {
      assertThat(server.predict(GoldenPairs.served().form(0)).statusCode()).isEqualTo(200);
      check(server, capture);
    }
  }

  @Test
  void switchedOffTheyAreNowhere() throws Exception {
    int port = freePort();
    try (RunningServer server =
        new RunningServer(
            directory,
            directory,
            List.of(),
            "enable_metrics_api=false",
            "metrics_address=http://127.0.0.1:" + port)) {
      String curlCannotConnect = "[curl exit 7]";
      assertThat(TorchServeAnswer.text("cfg_metrics_disabled")).contains(curlCannotConnect);
      assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
          .isInstanceOf(ConnectException.class);
      assertThat(server.manage("GET", "/metrics").statusCode()).isEqualTo(404);
    }
  }
}
