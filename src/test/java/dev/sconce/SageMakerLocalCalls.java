package dev.sconce;

import com.example.Streamer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server with {@code --sagemaker-local}, and calls as AWS's clients make them. */
abstract class SageMakerLocalCalls {
  static final ObjectMapper JSON = new ObjectMapper();
  static final String PREFIX = "X-Amzn-SageMaker-";
  private static final String AUTHORIZATION =
      "AWS4-HMAC-SHA256 Credential=a/20300101/eu-west-1/sagemaker/aws4_request, Signature=0";

  @TempDir Path directory;
  final CountDownLatch release = new CountDownLatch(1);
  Path local;
  RunningServer server;

  @BeforeEach
  void start() throws Exception {
    System.getProperties().put(Streamer.RELEASE, release);
    local = directory.resolve("s3");
    Path store = directory.resolve("store");
    ModelFolder.make(store, "streamer", Streamer.class, "minWorkers: 1");
    ModelFolder.make(store, "other", Streamer.class, "minWorkers: 1");
    server =
        RunningServer.withSageMakerLocal(directory, store, local, List.of("streamer", "other"));
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.close();
    System.getProperties().remove(Streamer.RELEASE);
  }

  HttpResponse<String> call(String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port(0) + path))
            .header("Authorization", AUTHORIZATION)
            .POST(body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return server.send(request.build());
  }

  static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("none");
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
