package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;

/** A model that answers when the test says so. */
final class SlowModel {
  /**
   * Its handler: answers once the test, which listens at the port in the request, has sent a byte.
   */
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

  private SlowModel() {}

  /**
   * Writes it as a plain directory.
   *
   * @param scratch where its handler is compiled
   */
  static void write(Path model, Path scratch) throws IOException {
    Files.createDirectories(model);
    Files.writeString(
        model.resolve("model-config.yaml"), "handler: Slow\nminWorkers: 1\nmaxWorkers: 1\n");
    jar(model.resolve("slow.jar"), scratch);
  }

  private static void jar(Path jar, Path scratch) throws IOException {
    Path source = scratch.resolve("Slow.java");
    Files.writeString(source, SLOW);
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", scratch.toString(), "-proc:none", source.toString());
    assertThat(failed).isZero();
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("Slow.class"));
      Files.copy(scratch.resolve("Slow.class"), out);
    }
  }

  /** A request that is answered once a byte is sent to who connects to {@code testPort}. */
  static CompletableFuture<HttpResponse<String>> call(int port, String path, int testPort) {
    return HttpClient.newHttpClient()
        .sendAsync(
            ServerProcess.request(port, path)
                .header("content-type", "text/plain")
                .POST(BodyPublishers.ofString("" + testPort))
                .build(),
            BodyHandlers.ofString());
  }
}
