package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.Linear;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.download.FileServer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server of archives on this machine, and servers that models of it are registered at. */
abstract class UrlRegistrations {
  @TempDir Path directory;
  Path store;
  FileServer origin;

  @BeforeEach
  void start() throws Exception {
    store = Files.createDirectories(directory.resolve("store"));
    origin = new FileServer(archive("base_handler", false));
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  /** A model of four numbers named {@code linear}. */
  static byte[] archive(String handler, boolean withJar) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("MAR-INF/MANIFEST.json"));
      String manifest =
          "{\"model\": {\"modelName\": \"linear\", \"modelVersion\": \"1.0\", \"handler\": \"%s\", \"serializedFile\": \"linear.pt\"}}";
      zip.write(manifest.formatted(handler).getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry("linear.pt"));
      zip.write(Files.readAllBytes(Path.of("src/test/resources/envelope/linear.pt")));
      if (withJar) {
        zip.putNextEntry(new ZipEntry("handler.jar"));
        zip.write(jar());
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] jar() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes);
        InputStream code =
            Objects.requireNonNull(Linear.class.getResourceAsStream("Linear.class"))) {
      jar.putNextEntry(new ZipEntry(Linear.class.getName().replace('.', '/') + ".class"));
      code.transferTo(jar);
    }
    return bytes.toByteArray();
  }

  RunningServer server(String... lines) throws Exception {
    return server(List.of(), lines);
  }

  RunningServer server(List<String> models, String... lines) throws Exception {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("allowed_urls=" + origin.url("/") + ".*");
    all.add("default_workers_per_model=1");
    return new RunningServer(directory, store, models, all.toArray(String[]::new));
  }

  static HttpResponse<String> register(RunningServer server, String url) throws Exception {
    return server.manageByJson("POST", "/models", "{\"url\": \"" + url + "\"}");
  }

  List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(store)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  static void assertAnswers(RunningServer server) throws Exception {
    HttpResponse<String> answer =
        server.send(
            server.predictRequest(
                "linear",
                "application/json",
                "[1.0,2.0,3.0,4.0]".getBytes(StandardCharsets.UTF_8)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  static void assertError(HttpResponse<String> response, int status, String type, String message)
      throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode error = RunningServer.json(response);
    assertThat(error.get("type").asText()).isEqualTo(type);
    assertThat(error.get("message").asText()).startsWith(message);
  }
}
