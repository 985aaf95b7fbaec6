package dev.sconce.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelConfigTest {
  @Test
  void everyKeyOfTheFrontEndIsRead() {
    ModelConfig config =
        parse(
            """
            handler: com.example.MyHandler
            minWorkers: 2
            maxWorkers: 4
            batchSize: 8
            maxBatchDelay: 50
            responseTimeout: 60
            startupTimeout: 90
            deviceType: "GPU"
            deviceIds: [0, 2]
            jobQueueSize: 200
            clientTimeoutInMills: 500
            maxRetryTimeoutInSec: 30
            useJobTicket: true
            """);

    assertThat(config.handler()).contains("com.example.MyHandler");
    assertThat(config.minWorkers()).contains(2);
    assertThat(config.maxWorkers()).contains(4);
    assertThat(config.batchSize()).contains(8);
    assertThat(config.maxBatchDelay()).contains(Duration.ofMillis(50));
    assertThat(config.responseTimeout()).contains(Duration.ofSeconds(60));
    assertThat(config.startupTimeout()).contains(Duration.ofSeconds(90));
    assertThat(config.deviceType()).contains(ModelConfig.DeviceType.GPU);
    assertThat(config.deviceIds()).containsExactly(0, 2);
    assertThat(config.jobQueueSize()).contains(200);
    assertThat(config.clientTimeout()).contains(Duration.ofMillis(500));
    assertThat(config.maxRetryTimeout()).contains(Duration.ofSeconds(30));
    assertThat(config.useJobTicket()).contains(true);
  }

  @Test
  void leastValuesPass() {
    ModelConfig config =
        parse(
            "{minWorkers: 1, maxWorkers: 1, batchSize: 1, maxBatchDelay: 0, responseTimeout: 1,"
                + " jobQueueSize: 1, clientTimeoutInMills: 0, maxRetryTimeoutInSec: 0,"
                + " deviceIds: []}");
    assertThat(config.maxBatchDelay()).contains(Duration.ZERO);
    assertThat(config.deviceIds()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "---\n", "~", "batchSize:\n"})
  void aFileThatSaysNothingIsEmpty(String yaml) {
    assertThat(parse(yaml)).isEqualTo(ModelConfig.EMPTY);
    assertThat(ModelConfig.EMPTY.values()).isEmpty();
    assertThat(ModelConfig.EMPTY.batchSize()).isEmpty();
  }

  @Test
  void theHandlersOwnKeysPassThroughWithTheRest() {
    ModelConfig config =
        parse(
            """
            batchSize: 2
            imageSize: [224, 224]
            handler:
              profile: yes
              mean: [0.485, 0.456, .406]
            pt2: {backend: inductor, mode: ~}
            big: 12345678901
            labels: {0: cat, 1: dog, true: odd}
            released: 2024-01-31
            rate: 1e-3
            mixed: [1, ~, "x"]
            """);

    assertThat(config.handler()).isEmpty();
    assertThat(config.values())
        .containsEntry("batchSize", 2)
        .containsEntry("imageSize", List.of(224, 224))
        .containsEntry("handler", Map.of("profile", true, "mean", List.of(0.485, 0.456, 0.406)))
        .containsEntry("pt2", Map.of("backend", "inductor"))
        .containsEntry("big", 12345678901L)
        .containsEntry("labels", Map.of("0", "cat", "1", "dog", "true", "odd"))
        .containsEntry("released", "2024-01-31")
        .containsEntry("rate", 0.001)
        .containsEntry("mixed", Arrays.asList(1, null, "x"));
  }

  @Test
  void aliasesAndMergeKeysMeanWhatTheyStandFor() {
    ModelConfig config =
        parse("base: &b {size: 1, kind: a}\nsame: *b\nmore:\n  <<: *b\n  kind: b\n");
    assertThat(config.values())
        .containsEntry("same", Map.of("size", 1, "kind", "a"))
        .containsEntry("more", Map.of("size", 1, "kind", "b"));
  }

  @Test
  void whatWasReadCannotBeChanged() {
    Map<String, Object> values = parse("a: 1").values();
    assertThatThrownBy(() -> values.put("b", 2)).isInstanceOf(UnsupportedOperationException.class);
  }

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        arguments("minWorkers: 0", "minWorkers: 0 (expected: a whole number >= 1)"),
        arguments("minWorkers: \"2\"", "minWorkers: 2 (expected: a whole number >= 1)"),
        arguments(
            "{minWorkers: 3, maxWorkers: 2}", "maxWorkers: 2 (expected: a whole number >= 3)"),
        arguments("maxWorkers: -1", "maxWorkers: -1 (expected: a whole number >= 1)"),
        arguments("batchSize: 0", "batchSize: 0 (expected: a whole number >= 1)"),
        arguments("batchSize: 1.5", "batchSize: 1.5 (expected: a whole number >= 1)"),
        arguments("batchSize: 3000000000", "batchSize: 3000000000 (expected: a whole number >= 1)"),
        arguments("maxBatchDelay: -1", "maxBatchDelay: -1 (expected: a whole number >= 0)"),
        arguments("maxBatchDelay: soon", "maxBatchDelay: soon (expected: a whole number >= 0)"),
        arguments("responseTimeout: 0", "responseTimeout: 0 (expected: a whole number >= 1)"),
        arguments("startupTimeout: [1]", "startupTimeout: [1] (expected: a whole number >= 1)"),
        arguments("deviceType: tpu", "deviceType: tpu (expected: cpu or gpu)"),
        arguments("deviceType: 1", "deviceType: 1 (expected: cpu or gpu)"),
        arguments("deviceIds: 0", "deviceIds: 0 (expected: a list of whole numbers >= 0)"),
        arguments("deviceIds: [0, -1]", "deviceIds: [0, -1] (expected: a list of whole numbers"),
        arguments("deviceIds: [~]", "deviceIds: [null] (expected: a list of whole numbers >= 0)"),
        arguments("jobQueueSize: 0", "jobQueueSize: 0 (expected: a whole number >= 1)"),
        arguments("clientTimeoutInMills: -5", "clientTimeoutInMills: -5 (expected: a whole number"),
        arguments("maxRetryTimeoutInSec: x", "maxRetryTimeoutInSec: x (expected: a whole number"),
        arguments("useJobTicket: 1", "useJobTicket: 1 (expected: true or false)"),
        arguments("handler: 7", "handler: 7 (expected: a handler's name)"),
        arguments("handler: ' '", "handler:   (expected: a handler's name)"),
        arguments("handler: [a]", "handler: [a] (expected: a handler's name)"));
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void aWrongTypeOrRangeIsRefused(String yaml, String message) {
    assertRefused(yaml, message);
  }

  @Test
  void allFaultsAreNamedAtOnce() {
    assertThatThrownBy(() -> parse("{batchSize: 0, deviceType: tpu, useJobTicket: perhaps}"))
        .hasMessage(
            "twin.mar: model-config.yaml: batchSize: 0 (expected: a whole number >= 1);"
                + " deviceType: tpu (expected: cpu or gpu);"
                + " useJobTicket: perhaps (expected: true or false)");
  }

  static Stream<Arguments> noPlainData() {
    return Stream.of(
        arguments("[1, 2]", "a map of keys to values is expected at its top"),
        arguments("just text", "a map of keys to values is expected at its top"),
        arguments("a: [1", "line 1: "),
        arguments("ok: 1\na: b: c", "line 2: "),
        arguments("a: 1\na: 2", "found duplicate key a"),
        arguments("m: {x: 1, \"x\": 2}", "found duplicate key x"),
        arguments("m: {1: a, \"1\": b}", "found duplicate key 1"),
        arguments(
            "a: 1\n---\nb: 2",
            "line 2: expected a single document in the stream but found another document"),
        arguments("a: !!java.net.URL [\"http://example.com\"]", "Global tag is not allowed"),
        arguments("a: !!javax.script.ScriptEngineManager []", "Global tag is not allowed"),
        arguments("a: !mine 1", "could not determine a constructor for the tag !mine"),
        arguments("a: !!binary aGk=", "could not determine a constructor"),
        arguments("a: !!set {x, y}", "could not determine a constructor"),
        arguments("a: !!int many", "many"),
        arguments("? [1, 2]\n: x", "a key is [1, 2] (expected: a text)"),
        arguments("~: x", "a key is null (expected: a text)"),
        arguments("a: *nobody", "found undefined alias nobody"),
        arguments("a: &a [*a]", "its aliases stand for too much"),
        arguments("a: \u0000", "special characters are not allowed"),
        arguments("a: " + "[".repeat(1000), "Nesting Depth exceeded"),
        arguments("a: " + "x".repeat(300_000), "exceeds the limit"),
        arguments("a: &a [1]\nb: [" + "*a,".repeat(30) + "]", "Number of aliases"));
  }

  @ParameterizedTest
  @MethodSource("noPlainData")
  void whatIsMoreOrLessThanAMapOfPlainDataIsRefused(String yaml, String message) {
    assertRefused(yaml, message);
  }

  @Test
  void aliasesThatGrowIntoMillionsOfValuesAreRefused() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [" + "x,".repeat(1000) + "]\n");
    for (int i = 1; i <= 6; i++) {
      String previous = String.join(", ", Collections.nCopies(3, "*a" + (i - 1)));
      yaml.append("a%d: &a%d [%s]%n".formatted(i, i, previous));
    }
    assertRefused(yaml.toString(), "its aliases stand for too much (limit: 100000 values)");
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    byte[] yaml = {'a', ':', ' ', (byte) 0xff, (byte) 0xfe};
    assertThatThrownBy(() -> ModelConfig.parse("twin.mar: model-config.yaml", yaml))
        .isInstanceOf(ServingException.class)
        .hasMessageStartingWith("twin.mar: model-config.yaml: ");
  }

  private static void assertRefused(String yaml, String message) {
    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_MODEL)
        .hasMessageStartingWith("twin.mar: model-config.yaml: ")
        .hasMessageContaining(message);
  }

  private static ModelConfig parse(String yaml) {
    return ModelConfig.parse("twin.mar: model-config.yaml", yaml.getBytes(StandardCharsets.UTF_8));
  }
}
