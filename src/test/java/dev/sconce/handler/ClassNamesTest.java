package dev.sconce.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassNamesTest {
  @TempDir Path directory;

  private ClassNames names(String json) throws IOException {
    Files.writeString(directory.resolve("index_to_name.json"), json);
    return ClassNames.in(directory);
  }

  @Test
  void withoutTheFileAnIndexIsItsOwnName() {
    ClassNames names = ClassNames.in(directory);
    assertThat(names.of(12)).isEqualTo("12");
    assertThat(names.describe()).isEqualTo("none: indices as they are");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"0\": \"dog\", \"1\": \"cat\"}",
        "{\"1\": [\"n02123045\", \"cat\"], \"0\": [\"dog\"]}",
        "{\"object_type_names\": [\"dog\", \"cat\"]}"
      })
  void everyFormOfTheFileNamesItsClasses(String json) throws IOException {
    ClassNames names = names(json);
    assertThat(names.of(1)).isEqualTo("cat");
    assertThat(names.of(0)).isEqualTo("dog");
    assertThat(names.describe()).isEqualTo("2 in index_to_name.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"dog\"] | a JSON ARRAY (expected: an object",
        "{\"0\": 7} | 0: 7 (expected: a text, or a list whose last element is one)",
        "{\"0\": []} | 0: [] (expected",
        "{\"0\": [\"a\", 2]} | 0: 2 (expected",
        "{\"dog\": 0} | dog: 0 (expected",
        "{\"object_type_names\": [\"a\", null]} | 1: null (expected",
        "{\"0\": | no JSON at line 1",
      })
  void anotherFileIsTheModelsFault(String json, String message) {
    assertThatThrownBy(() -> names(json))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageStartingWith("index_to_name.json: " + message);
  }
}
