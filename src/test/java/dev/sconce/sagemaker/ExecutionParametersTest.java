package dev.sconce.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.api.ErrorResponses;
import dev.sconce.http.Body;
import dev.sconce.http.Filter;
import dev.sconce.http.Headers;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.model.ModelsFixture;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of no model; the server's test has some. */
class ExecutionParametersTest {
  @TempDir Path directory;

  private String told(SageMakerSettings settings, int maxBodyBytes) throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(directory)) {
      Router.Builder router = Router.builder(new ErrorResponses());
      new ExecutionParameters(fixture.models.catalog(), settings, maxBodyBytes)
          .addTo(router, Filter.OPEN);
      Request request =
          new Request(
              "id",
              "GET",
              "/execution-parameters",
              "",
              "HTTP/1.1",
              Headers.NONE,
              new Body.Empty(),
              new InetSocketAddress(0),
              Map.of(),
              new CompletableFuture<>());
      Response response = router.build().answer(request).toCompletableFuture().get();
      Response.Whole whole = (Response.Whole) response.content();
      return StandardCharsets.UTF_8.decode(whole.bytes()).toString().replaceAll("\\s", "");
    }
  }

  private static String json(int most, String strategy, int megabytes) {
    return "{\"MaxConcurrentTransforms\":%d,\"BatchStrategy\":\"%s\",\"MaxPayloadInMB\":%d}"
        .formatted(most, strategy, megabytes);
  }

  @Test
  void withoutAModelThereIsOneRequestAtATime() throws Exception {
    assertThat(told(SageMakerSettings.NONE, 6_553_500)).isEqualTo(json(1, "SINGLE_RECORD", 6));
  }

  @Test
  void payloadsAreAtLeastOneMegabyteAndAtMostWhatSageMakerAllows() throws Exception {
    assertThat(told(SageMakerSettings.NONE, 1000)).isEqualTo(json(1, "SINGLE_RECORD", 1));
    assertThat(told(SageMakerSettings.NONE, 1 << 30)).isEqualTo(json(1, "SINGLE_RECORD", 100));
  }

  @Test
  void whatSageMakerSaysItIsTold() throws Exception {
    SageMakerSettings settings =
        new SageMakerSettings(
            false,
            Optional.empty(),
            true,
            Optional.of("MULTI_RECORD"),
            OptionalInt.of(7),
            OptionalInt.of(20),
            Optional.empty());
    assertThat(told(settings, 6_553_500)).isEqualTo(json(7, "MULTI_RECORD", 20));
  }
}
