package dev.sconce.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.model.ModelKey;
import dev.sconce.model.ModelOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsKeyTest {
  private static KeyReader keys(String json) {
    return new KeyReader(Map.of("models", json), Map.of(), new EnvironmentValues(Map.of()));
  }

  @Test
  void everyNumberReachesItsSetting() {
    KeyReader keys =
        keys(
            """
            {"echo": {"1.0": {"defaultVersion": true, "marName": "echo.mar", "minWorkers": 2,
              "maxWorkers": 4, "batchSize": 3, "maxBatchDelay": 40, "responseTimeout": 33,
              "startupTimeout": 44, "runtimeType": "python", "parallelLevel": 1}, "2.0": {}}}
            """);
    assertThat(ModelsKey.read(keys))
        .isEqualTo(
            Map.of(
                new ModelKey("echo", "1.0"),
                new ModelOptions(
                    Optional.of(2),
                    Optional.of(4),
                    Optional.of(3),
                    Optional.of(Duration.ofMillis(40)),
                    Optional.of(Duration.ofSeconds(33)),
                    Optional.of(Duration.ofSeconds(44))),
                new ModelKey("echo", "2.0"),
                ModelOptions.NONE));
    assertThat(keys.faults()).isEmpty();
    assertThat(keys.unused()).isEmpty();
  }

  @Test
  void numbersOfZeroAndLessCountAsNotGiven() {
    KeyReader keys =
        keys("{\"a\": {\"1.0\": {\"minWorkers\": 0, \"batchSize\": -1, \"maxBatchDelay\": null}}}");
    assertThat(ModelsKey.read(keys)).containsValue(ModelOptions.NONE).hasSize(1);
    assertThat(keys.faults()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          [1]                                      | models: a list (expected: an object)
          {"a": 1}                                 | models.a: 1 (expected: an object)
          {"a": {"1": []}}                         | models.a.1: an empty list (expected: an object)
          {"a": {"1": {"batchSize": 1.5}}}         | models.a.1.batchSize: 1.5 (expected: a whole number)
          {"a": {"1": {"batchSize": "two"}}}       | models.a.1.batchSize: "two" (expected: a whole number)
          {"a": {"1": {"minWorkers": 2, "maxWorkers": 1}}} | models.a.1.maxWorkers: 1 (expected: at least minWorkers, 2)
          """)
  void whatIsOfAnotherFormIsAFault(String json, String fault) {
    KeyReader keys = keys(json);
    ModelsKey.read(keys);
    assertThat(keys.faults()).containsExactly(fault);
  }

  @Test
  void whatIsNoJsonIsAFault() {
    KeyReader keys = keys("{\"a\": ");
    ModelsKey.read(keys);
    assertThat(keys.faults())
        .singleElement()
        .asString()
        .startsWith("models: {\"a\": (expected: JSON");
  }
}
