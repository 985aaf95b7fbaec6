package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several models that are registered by URL at the same time. */
class SimultaneousRegistrationsTest extends UrlRegistrations {
  private static CompletableFuture<HttpResponse<String>> registering(
      RunningServer server, String url) {
    CompletableFuture<HttpResponse<String>> answer = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                answer.complete(register(server, url));
              } catch (Exception e) {
                answer.completeExceptionally(e);
              }
            });
    caller.start();
    return answer;
  }

  @Test
  void downloadsThatHangHoldUpNothingElse() throws Exception {
    Files.write(store.resolve("own.mar"), archive("base_handler", false));
    List<CompletableFuture<HttpResponse<String>>> hanging = new ArrayList<>();
    try (RunningServer server = server("download_timeout=600")) {
      for (int i = 0; i < 20; i++) { // more than there are threads for them
        hanging.add(registering(server, origin.url("/silent/x" + i + ".mar")));
      }
      assertThat(origin.hanging.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(server.manage("POST", "/models?url=own.mar&initial_workers=1").statusCode())
          .isEqualTo(200);
      assertAnswers(server);
      assertThat(server.ping().statusCode()).isEqualTo(200);
    }
    for (CompletableFuture<HttpResponse<String>> call : hanging) {
      assertThat(call.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    }
    assertThat(files()).containsExactly("own.mar");
  }

  @Test
  void twoCallsForOneUrlDownloadItOnce() throws Exception {
    try (RunningServer server = server("download_timeout=600")) {
      String url = origin.url("/silent/x.mar");
      CompletableFuture<HttpResponse<String>> first = registering(server, url);
      assertThat(origin.hanging.await(60, TimeUnit.SECONDS)).isTrue();
      assertError(
          register(server, url),
          500,
          "InternalServerException",
          "Model file already exists x.mar (it is being downloaded)");
      origin.close();
      assertThat(first.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(400);
    }
  }
}
