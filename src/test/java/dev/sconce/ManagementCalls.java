package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server whose store holds {@code twin.mar}, and calls of its management port. */
abstract class ManagementCalls {
  @TempDir Path directory;
  RunningServer server;
  GoldenPairs twin;

  @BeforeEach
  void start() throws Exception {
    twin = GoldenPairs.served();
    server = RunningServer.withArchive(directory, List.of());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  void register(String url) throws Exception {
    HttpResponse<String> answer =
        server.manage("POST", "/models?initial_workers=1&model_name=twin&url=" + url);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  JsonNode describe() throws Exception {
    return RunningServer.json(server.manage("GET", "/models/twin")).get(0);
  }

  /** The archive as a plain directory of the store. */
  Path unpacked(String name) throws IOException {
    Path model = Files.createDirectories(server.store.resolve(name));
    try (ZipInputStream zip =
        new ZipInputStream(Files.newInputStream(server.store.resolve("twin.mar")))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = model.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
    return model;
  }
}
