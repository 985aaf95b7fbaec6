package dev.sconce;

import com.example.Faulty;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The part of {@link FailingCalls} in which a whole server answers what a handler fails at. */
final class FailingRequests {
  private static final int TIMES = 1_000;

  /** As a picture's, so that one that is kept shows. */
  private static final int BODY_BYTES = 20_000;

  private final Path directory;
  private final Path store;

  /** Needs a directory, where it makes others. */
  FailingRequests(Path directory) throws IOException {
    this.directory = Files.createTempDirectory(directory, "requests");
    this.store = Files.createDirectory(this.directory.resolve("store"));
  }

  void run() throws Exception {
    ModelFolder.make(store, "faulty", Faulty.class, "minWorkers: 1");
    ModelFolder.make(store, "unet", "unet", "minWorkers: 1");
    FailingCalls.unpackWeights(GoldenPairs.SERVED.resolve("fastunet.mar"), store.resolve("unet"));
    try (RunningServer server =
        new RunningServer(directory, store, List.of("faulty", "unet"), "metrics_mode=prometheus")) {
      for (String fault : List.of("preprocess", "inference", "postprocess", "too few")) {
        String name = "request_" + fault.replace(' ', '_');
        byte[] body = fault.getBytes(StandardCharsets.UTF_8);
        Failures.print(name, TIMES, () -> fail(server, "faulty", body));
      }
      byte[] noPicture = new byte[BODY_BYTES];
      Failures.print("request_no_picture", TIMES, () -> fail(server, "unet", noPicture));
    }
  }

  private static void fail(RunningServer server, String model, byte[] body) throws Exception {
    HttpResponse<String> answer = server.send(server.predictRequest(model, "image/png", body));
    if (answer.statusCode() < 400) {
      return;
    }
    throw new IllegalArgumentException(answer.body());
  }
}
