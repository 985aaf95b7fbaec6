package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own that is told to stop. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class StoppingTest {
  private final Path directory;
  private final List<ServerProcess> started = new ArrayList<>();

  StoppingTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    SlowModel.write(directory.resolve("store/slow"), directory);
  }

  private ServerProcess start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("torchserve", "--start", "--foreground"));
    command.addAll(List.of("--when-ready", "READY"));
    command.addAll(List.of("--model-store", directory.resolve("store").toString()));
    command.addAll(List.of(arguments));
    ServerProcess server =
        new ServerProcess(
            directory, Map.of("LOG_LOCATION", directory.resolve("logs").toString()), command);
    started.add(server);
    return server;
  }

  @AfterEach
  void endAll() {
    started.forEach(ServerProcess::close);
  }

  private static CompletableFuture<HttpResponse<String>> predict(int port, ServerSocket test) {
    return SlowModel.call(port, "/predictions/slow", test.getLocalPort());
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
      ServerProcess server = start("--ts-config", config.toString(), "--models", "slow");
      int port = server.ports().get(0);
      server.await("READY");
      CompletableFuture<HttpResponse<String>> answer = predict(port, test);
      try (Socket inWork = test.accept()) {
        server.terminate();
        server.await("Stopping; requests in work have 30 s to finish");
        inWork.getOutputStream().write(1);
      }
      assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThat(answer.get().body()).isEqualTo("done");
      assertThat(server.exitCode()).isZero();
      try (Stream<Path> left = Files.list(directory.resolve("tmp"))) {
        assertThat(left.filter(file -> file.toString().contains("sconce-model"))).isEmpty();
      }

      ServerProcess restored = start(); // no configuration: the last snapshot is one
      List<Integer> ports = restored.ports();
      restored.await("READY");
      assertThat(ServerProcess.get(ports.get(1), "/models").body())
          .contains("\"modelName\": \"slow\"");

      CompletableFuture<HttpResponse<String>> cut = predict(ports.get(0), test);
      try (Socket inWork = test.accept()) {
        restored.terminate();
        restored.await("Stopping; requests in work have 30 s to finish");
        restored.terminate(); // a second one ends it at once
        assertThat(restored.exitCode()).isEqualTo(128 + 15);
        assertThat(inWork.getInputStream().read()).isNegative();
      }
      assertThat(cut.handle((done, failure) -> failure).get()).isNotNull();

      Files.move(directory.resolve("store/slow"), directory.resolve("gone"));
      assertThat(start().exitCode()).isOne();
    }
  }
}
