package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code serve} as a container starts it: each call is a process of its own. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ServeCommandTest {
  private final Path directory;
  private final Path model;
  private final List<ServerProcess> started = new ArrayList<>();

  ServeCommandTest(@TempDir Path directory) {
    this.directory = directory;
    this.model = directory.resolve("ml/model");
  }

  @BeforeEach
  void makeModelDirectory() throws IOException {
    Files.createDirectories(model);
  }

  @AfterEach
  void endAll() {
    started.forEach(ServerProcess::close);
  }

  private ServerProcess serve(Map<String, String> environment) throws IOException {
    Map<String, String> all = new HashMap<>();
    all.put("SAGEMAKER_BASE_DIR", directory.resolve("ml").toString());
    all.put("TS_INFERENCE_ADDRESS", "http://127.0.0.1:0");
    all.put("TS_MANAGEMENT_ADDRESS", "http://127.0.0.1:0");
    all.put("TS_METRICS_ADDRESS", "http://127.0.0.1:0");
    all.putAll(environment);
    ServerProcess server =
        new ServerProcess(directory, all, List.of("serve", "--when-ready", "READY"));
    started.add(server);
    return server;
  }

  @Test
  void aDirectoryIsServedAsOneModelAndNothingIsWrittenButTemporaryFiles() throws Exception {
    SlowModel.write(model, directory);
    Files.createDirectories(model.resolve("code"));
    Files.writeString(model.resolve("code/inference.py"), "raise SystemExit");
    ServerProcess server = serve(Map.of("TS_DRAIN_TIMEOUT", "1"));
    int port = server.ports().get(0);
    server.await("READY");
    assertThat(server.said()).contains(model + "/code: no Python is run here", "base_handler");
    assertThat(ServerProcess.get(port, "/ping").statusCode()).isEqualTo(200);
    try (ServerSocket test = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<HttpResponse<String>> answer =
          SlowModel.call(port, "/predictions/model", test.getLocalPort());
      try (Socket inWork = test.accept()) {
        inWork.getOutputStream().write(1);
      }
      assertThat(answer.get().body()).isEqualTo("done");

      CompletableFuture<HttpResponse<String>> endless =
          SlowModel.call(port, "/invocations", test.getLocalPort());
      try (Socket inWork = test.accept()) {
        try (Stream<Path> written = Files.list(directory)) {
          assertThat(written.map(path -> path.getFileName().toString()))
              .containsOnly("Slow.class", "Slow.java", "ml", "tmp");
        }
        assertThat(directory.resolve("tmp/.model_server.pid")).doesNotExist();
        server.terminate();
        server.await("Stopping; requests in work have 1 s to finish");
        assertThat(server.exitCode()).isZero();
        assertThat(inWork.getInputStream().read()).isNegative();
      }
      assertThat(endless.handle((done, failure) -> failure).get()).isNotNull();
    }
  }

  @Test
  void whereEverythingIsCorruptTheLogSaysWhyAndTheProcessFails() throws Exception {
    Files.writeString(model.resolve("twin.mar"), "no zip");
    ServerProcess server = serve(Map.of());
    assertThat(server.exitCode()).isOne();
    assertThat(server.said())
        .contains("[ERROR]", "twin.mar cannot be served: twin.mar: ", "Nothing can be served")
        .doesNotContain("READY");
  }

  @Test
  void withoutLibtorchTheServerEndsAndSaysWhyLast() throws Exception {
    SlowModel.write(model, directory);
    String noDirectory = Files.createFile(directory.resolve("file")).toString();
    ServerProcess server = serve(Map.of("ENGINE_CACHE_DIR", noDirectory));
    assertThat(server.exitCode()).isOne();
    assertThat(server.said()).doesNotContain("Model server started", "READY");
    assertThat(server.said().lines().filter(line -> line.startsWith("serve: ")))
        .singleElement(STRING)
        .startsWith("serve: the PyTorch engine cannot be started: ")
        .contains(noDirectory);
  }

  @Test
  void whatCanBeServedIsServedButTheServerIsNotHealthyWithoutTheRest() throws Exception {
    SlowModel.write(model.resolve("slow"), directory);
    Files.writeString(model.resolve("twin.mar"), "no zip");
    ServerProcess server = serve(Map.of());
    int port = server.ports().get(0);
    server.awaitAll("Model slow version 1.0 is ready", "twin.mar cannot be served: twin.mar: ");
    assertThat(ServerProcess.get(port, "/ping").statusCode()).isEqualTo(500);
    server.terminate();
    assertThat(server.exitCode()).isZero();
  }

  @Test
  void anEmptyDirectoryIsAFaultBesideOthers() throws Exception {
    ServerProcess server = serve(Map.of("SAGEMAKER_TS_BATCH_SIZE", "0"));
    assertThat(server.exitCode()).isOne();
    assertThat(server.said())
        .startsWith("serve: the configuration has 2 faults:\n")
        .contains(model + ": empty (expected: archives ending in .mar or .tar.gz; or")
        .contains("SAGEMAKER_TS_BATCH_SIZE: 0 (expected: a whole number >= 1)");
  }

  @Test
  void theHelpNamesEveryVariable() {
    StringWriter out = new StringWriter();
    CommandLine command = ServeCommand.commandLine(directory).setOut(new PrintWriter(out));
    assertThat(command.execute("--help")).isZero();
    assertThat(out.toString())
        .contains(
            "TS_<KEY>", "SAGEMAKER_BIND_TO_PORT", "SAGEMAKER_TS_MIN_WORKERS", "/opt/ml/model");
  }
}
