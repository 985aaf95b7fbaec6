package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own that is told to stop. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class StoppingTest {
  /** The server's own, not that of the tests. */
  private static final Path LOGBACK = Path.of("src/main/resources/logback.xml");

  private static final Pattern PORTS = Pattern.compile(":(\\d+)");

  /** Answers once the test, which listens at the port in the request, has sent a byte. */
  private static final String SLOW =
      """
      import dev.sconce.handler.*;
      import java.net.Socket;
      import java.util.List;

      public class Slow implements Handler<String, String> {
        public void initialize(HandlerContext context) {}

        public String preprocess(Input input) {
          return input.require("body").text();
        }

        public List<String> inference(List<String> batch) throws Exception {
          try (Socket test = new Socket("127.0.0.1", Integer.parseInt(batch.get(0)))) {
            test.getInputStream().read();
          }
          return batch;
        }

        public Output postprocess(Input input, String text) {
          return Output.bytes("text/plain", "done".getBytes());
        }
      }
      """;

  private final Path directory;
  private final Path temporary;
  private final List<Process> started = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  StoppingTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.temporary = Files.createDirectory(directory.resolve("tmp"));
    Path model = Files.createDirectories(directory.resolve("store/slow"));
    Files.writeString(
        model.resolve("model-config.yaml"), "handler: Slow\nminWorkers: 1\nmaxWorkers: 1\n");
    jar(model.resolve("slow.jar"));
  }

  private void jar(Path jar) throws IOException {
    Path source = directory.resolve("Slow.java");
    Files.writeString(source, SLOW);
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", directory.toString(), "-proc:none", source.toString());
    assertThat(failed).isZero();
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("Slow.class"));
      Files.copy(directory.resolve("Slow.class"), out);
    }
  }

  /** A running server and what it says. */
  private record Server(Process process, BufferedReader out, List<Integer> ports) {
    void await(String text) throws IOException {
      String line = out.readLine();
      while (line != null && !line.contains(text)) {
        line = out.readLine();
      }
      assertThat(line).contains(text);
    }
  }

  private Server start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Djava.io.tmpdir=" + temporary,
                "-Dlogback.configurationFile=" + LOGBACK.toAbsolutePath(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sconce.cli.Main",
                "torchserve",
                "--start",
                "--foreground",
                "--when-ready",
                "READY",
                "--model-store",
                directory.resolve("store").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(directory.toFile());
    builder.environment().put("LOG_LOCATION", directory.resolve("logs").toString());
    Process process = builder.start();
    started.add(process);
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    List<Integer> ports = new ArrayList<>();
    String line = out.readLine();
    while (line != null && !line.contains("Listening on")) {
      line = out.readLine();
    }
    Matcher matcher = PORTS.matcher(String.valueOf(line).replaceFirst(".*Listening on", ""));
    while (matcher.find()) {
      ports.add(Integer.parseInt(matcher.group(1)));
    }
    return new Server(process, out, ports);
  }

  private HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private CompletableFuture<HttpResponse<String>> predict(Server server, int testPort) {
    return client.sendAsync(
        request(server.ports().get(0), "/predictions/slow")
            .header("content-type", "text/plain")
            .POST(BodyPublishers.ofString("" + testPort))
            .build(),
        BodyHandlers.ofString());
  }

  private void endAll() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void whatIsInWorkIsAnsweredAndTheModelsComeBackFromTheSnapshot() throws Exception {
    Path config = directory.resolve("own.properties");
    Files.writeString(
        config,
        """
        inference_address=http://127.0.0.1:0
        management_address=http://127.0.0.1:0
        enable_metrics_api=false
        """);
    try (ServerSocket test = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Server server = start("--ts-config", config.toString(), "--models", "slow");
      server.await("READY");
      CompletableFuture<HttpResponse<String>> answer = predict(server, test.getLocalPort());
      try (Socket inWork = test.accept()) {
        server.process().toHandle().destroy(); // SIGTERM
        server.await("Stopping; requests in work have 30 s to finish");
        inWork.getOutputStream().write(1);
      }
      assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThat(answer.get().body()).isEqualTo("done");
      assertThat(server.process().waitFor()).isZero();
      try (Stream<Path> left = Files.list(temporary)) {
        assertThat(left.filter(file -> file.toString().contains("sconce-model"))).isEmpty();
      }

      Server restored = start(); // no configuration: the last snapshot is one
      restored.await("READY");
      HttpResponse<String> models =
          client.send(request(restored.ports().get(1), "/models").build(), BodyHandlers.ofString());
      assertThat(models.body()).contains("\"modelName\": \"slow\"");

      CompletableFuture<HttpResponse<String>> cut = predict(restored, test.getLocalPort());
      try (Socket inWork = test.accept()) {
        restored.process().toHandle().destroy();
        restored.await("Stopping; requests in work have 30 s to finish");
        restored.process().toHandle().destroy(); // a second one ends it at once
        assertThat(restored.process().waitFor()).isEqualTo(128 + 15);
        assertThat(inWork.getInputStream().read()).isNegative();
      }
      assertThat(cut.handle((done, failure) -> failure).get()).isNotNull();

      Files.move(directory.resolve("store/slow"), directory.resolve("gone"));
      Server lacking = start();
      assertThat(lacking.process().waitFor()).isOne();
    } finally {
      endAll();
    }
  }
}
