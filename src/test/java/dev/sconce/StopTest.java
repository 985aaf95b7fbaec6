package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.Faulty;
import dev.sconce.logs.LogLines;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTest {
  @Test
  void modelsThatDoNotEndInTimeAreNamed(@TempDir Path directory) throws Exception {
    Path store = directory.resolve("store");
    ModelFolder.make(store, "idle", Faulty.class, "");
    ModelFolder.make(store, "busy", Faulty.class, "");
    CountDownLatch release = new CountDownLatch(1);
    System.getProperties().put(Faulty.RELEASE, release);
    try (LogLines lines = new LogLines(ModelServer.class)) {
      try (RunningServer server =
          new RunningServer(
              directory,
              store,
              List.of("idle", "busy"),
              "default_workers_per_model=1",
              "drain_timeout=1")) {
        byte[] text = "hang on".getBytes(StandardCharsets.UTF_8);
        var unused =
            server
                .client()
                .sendAsync(
                    server.predictRequest("busy", "text/plain", text), BodyHandlers.ofString());
        server.metricsWith("requests_total{model_name=\"busy\"");
      }
      assertThat(lines.lines())
          .filteredOn(line -> !line.startsWith("INFO") && !line.startsWith("DEBUG"))
          .containsExactly("WARN Model busy version 1.0 did not end in time");
    } finally {
      release.countDown();
      System.getProperties().remove(Faulty.RELEASE);
    }
  }
}
