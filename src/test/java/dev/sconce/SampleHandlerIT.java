package dev.sconce;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server and the archiver as they are packaged, with the jar that the build of sample/handler
 * made, step by step as its README has them. Expected: scripts/golden/gradcam.py.
 */
class SampleHandlerIT {
  private static final Path SAMPLE = Path.of("sample/handler");
  private static final Path JAR = Path.of("target/sample/handler/target/gradcam-handler.jar");
  private static final Pattern PORT = Pattern.compile(":(\\d+)");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir Path directory;

  @Test
  void itsArchiveAnswersWhatPyTorchsHooksSee() throws Exception {
    JsonNode golden = JSON.readTree(Path.of("src/test/resources/samples/gradcam.json").toFile());
    archive();
    Process server = startServer();
    try {
      List<String> ports = ports(server);
      register(ports.get(1));
      for (var picture : golden.properties()) {
        Path file = Path.of("sample/pictures", picture.getKey());
        check(predict(ports.get(0), file), picture.getValue());
      }
      checkMetrics(ports.get(2), golden);
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  private void archive() throws Exception {
    Process archiver =
        sconce(
            "torch-model-archiver",
            "--model-name",
            "gradcam",
            "--version",
            "1.0",
            "--serialized-file",
            SAMPLE.resolve("model/drawings.pt").toString(),
            "--handler",
            "com.example.GradCam",
            "--extra-files",
            JAR + "," + SAMPLE.resolve("model/index_to_name.json"),
            "--config-file",
            SAMPLE.resolve("model/model-config.yaml").toString(),
            "--export-path",
            directory.toString());
    String said = new String(archiver.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(archiver.waitFor()).as(said).isZero();
  }

  private Process startServer() throws IOException {
    Path config = directory.resolve("config.properties");
    Files.writeString(
        config,
        """
        inference_address=http://127.0.0.1:0
        management_address=http://127.0.0.1:0
        metrics_address=http://127.0.0.1:0
        """);
    return sconce(
        "torchserve",
        "--start",
        "--foreground",
        "--ncs",
        "--model-store",
        directory.toString(),
        "--ts-config",
        config.toString());
  }

  private static Process sconce(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target/sconce.jar").toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(new File("").getAbsoluteFile())
        .redirectErrorStream(true)
        .start();
  }

  /** Of inference, management and metrics; what the server says later goes nowhere. */
  private static List<String> ports(Process server) throws IOException {
    BufferedReader lines = server.inputReader(StandardCharsets.UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      if (line.contains("Listening on [")) {
        Thread rest = new Thread(() -> readOn(lines), "server-output");
        rest.setDaemon(true);
        rest.start();
        String addresses = line.substring(line.indexOf("Listening on ["));
        return PORT.matcher(addresses).results().map(port -> port.group(1)).toList();
      }
    }
    throw new AssertionError("the server ended: " + said);
  }

  private static void readOn(BufferedReader lines) {
    try {
      while (lines.readLine() != null) {
        // so that the server's output never fills the pipe
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void register(String port) throws Exception {
    String path = "/models?url=gradcam.mar&initial_workers=1&synchronous=true";
    HttpResponse<String> response = send(request(port, path).POST(BodyPublishers.noBody()).build());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }

  /** The handler counts which classes it saw. */
  private void checkMetrics(String port, JsonNode golden) throws Exception {
    String metrics = send(request(port, "/metrics?name[]=ClassesSeen").build()).body();
    Map<String, Long> seen =
        golden.valueStream().collect(groupingBy(it -> it.get("class").asText(), counting()));
    seen.forEach(
        (name, count) ->
            assertThat(metrics)
                .containsPattern(
                    "ClassesSeen\\{Class=\"%s\",ModelName=\"gradcam\",.*} %d.0"
                        .formatted(name, count)));
  }

  private JsonNode predict(String port, Path picture) throws Exception {
    HttpResponse<String> response =
        send(request(port, "/predictions/gradcam").POST(BodyPublishers.ofFile(picture)).build());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static HttpRequest.Builder request(String port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static void check(JsonNode answer, JsonNode golden) {
    assertThat(answer.get("class")).isEqualTo(golden.get("class"));
    assertClose(answer.get("probability"), golden.get("probability"));
    assertThat(answer.get("map")).hasSameSizeAs(golden.get("map"));
    for (int y = 0; y < golden.get("map").size(); y++) {
      JsonNode row = golden.get("map").get(y);
      assertThat(answer.get("map").get(y)).hasSameSizeAs(row);
      for (int x = 0; x < row.size(); x++) {
        assertClose(answer.get("map").get(y).get(x), row.get(x));
      }
    }
  }

  private static void assertClose(JsonNode value, JsonNode golden) {
    double expected = golden.doubleValue();
    assertThat(value.doubleValue()).isCloseTo(expected, within(1e-5 * (1 + Math.abs(expected))));
  }
}
