package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the management port refuses: it says why, and nothing is served. */
class RefusedManagementTest extends ManagementCalls {
  private static final Path HOSTILE = Path.of("src/test/resources/weights/refused");

  @Test
  void aPickleWithAForeignGlobalIsRefused() throws Exception {
    Path model = unpacked("hostile");
    Files.copy(HOSTILE.resolve("os_system_protocol2.pth"), model.resolve("evil.pth"));
    Files.delete(model.resolve("encoder_weight.pth"));
    assertRefused("hostile", "evil.pth", "posix.system");
  }

  @Test
  void anArchiveWithoutWeightsIsRefusedSayingWhatWasFound() throws Exception {
    Path model = unpacked("bare");
    Files.delete(model.resolve("encoder_weight.pth"));
    Files.delete(model.resolve("head_weight.pth"));
    assertRefused("bare", "handler.py", "handler");
  }

  @Test
  void aHeadThatDoesNotFitItsEncoderIsRefusedNamingKeyAndSizes() throws Exception {
    Path model = unpacked("misfit");
    Files.copy(GoldenPairs.SERVED.resolve("other_head.pth"), model.resolve("other_head.pth"));
    Files.delete(model.resolve("head_weight.pth"));
    assertRefused("misfit", "size mismatch for 4.weight", "192", "256");
  }

  @Test
  void settingsThatMakeNoSenseAreRefusedNamingKeyAndValue() throws Exception {
    Path model = unpacked("wrong");
    assertSettingRefused(model, "imageSize: 224", "imageSize: 224 (expected: a list of 2");
    assertSettingRefused(model, "imageSize: [0, 5]", "imageSize: [0, 5] (expected: 1 to 4096");
    assertSettingRefused(model, "std: [1, 0, 1]", "std: [1, 0, 1] (expected: 3 numbers > 0)");
    assertSettingRefused(model, "resize: 256", "resize: 256 (expected: centerCrop besides");
    assertSettingRefused(model, "precision: fp8", "precision: fp8 (expected: fp32 or bf16)");
  }

  private void assertSettingRefused(Path model, String line, String message) throws Exception {
    Files.writeString(model.resolve("model-config.yaml"), line + "\n");
    assertRefused("wrong", "model-config.yaml: " + message);
  }

  @Test
  void whatIsNotInTheStoreIsNotRegistered() throws Exception {
    for (String url : List.of("absent.mar", "..%2Foutside.mar", "file:%2F%2F%2Fetc%2Fpasswd")) {
      HttpResponse<String> answer = server.manage("POST", "/models?url=" + url);
      assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 404);
    }
    assertThat(server.manage("POST", "/models").statusCode()).isEqualTo(400);
    assertNothingIsServed();
  }

  @Test
  void parametersThatAreNoNumbersAreRefused() throws Exception {
    for (String query : List.of("batch_size=0", "initial_workers=-1", "max_batch_delay=soon")) {
      HttpResponse<String> answer = server.manage("POST", "/models?url=twin.mar&" + query);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains(query.replace("=", ": "), "expected");
    }
    assertNothingIsServed();
  }

  @Test
  void parametersOfTheWrongKindAreRefused() throws Exception {
    assertJsonRefused("\"initial_workers\": [1]", "initial_workers: [1] (expected: a whole");
    assertJsonRefused("\"handler\": {\"a\": 1}", "handler: {\"a\":1} (expected: one of ");
    assertJsonRefused("\"runtime\": \"java\"", "RuntimeType value: java (expected: one of python,");
    assertJsonRefused("\"batch_size\": 2} {", "JSON body: no JSON at line 1, column 38 (expected");
    assertNothingIsServed();
  }

  private void assertJsonRefused(String member, String message) throws Exception {
    HttpResponse<String> answer =
        server.manageByJson("POST", "/models", "{\"url\": \"twin.mar\", " + member + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(RunningServer.json(answer).get("message").asText()).contains(message);
  }

  @Test
  void moreWorkersThanAnyMachineCanRunAreRefusedAndStartNone() throws Exception {
    Path model = unpacked("crowd");
    Files.writeString(model.resolve("model-config.yaml"), "minWorkers: 999999\nmaxWorkers: 999999");
    assertRefused("crowd", "min_worker: 999999 (expected: 0 to 1000)");
    register("twin.mar");
    HttpResponse<String> scaled = server.manage("PUT", "/models/twin?min_worker=1001");
    assertThat(scaled.statusCode()).as(scaled.body()).isEqualTo(400);
    assertThat(describe().get("workers")).hasSize(1);
  }

  private void assertRefused(String url, String... words) throws Exception {
    HttpResponse<String> answer = server.manage("POST", "/models?initial_workers=1&url=" + url);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(RunningServer.json(answer).get("message").asText()).contains(words);
    assertNothingIsServed();
  }

  private void assertNothingIsServed() throws Exception {
    assertThat(RunningServer.json(server.manage("GET", "/models")).get("models")).isEmpty();
    assertThat(server.ping().statusCode()).isEqualTo(200);
  }
}
