package dev.sconce.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code PythonJsonTest} has what Python writes of doubles. */
class PythonFloatTest {
  @Test
  void float32IsWrittenAsNumPyWritesIt() throws IOException {
    Path golden = Path.of("src/test/resources/tensor/floats.json");
    JsonNode all = new ObjectMapper().readTree(golden.toFile());
    assertThat(all).hasSizeGreaterThan(400);
    for (JsonNode number : all) {
      StringBuilder out = new StringBuilder();
      PythonFloat.append(out, Float.intBitsToFloat((int) number.get(0).asLong()));
      assertThat(out).asString().isEqualTo(number.get(1).asText());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NaN,nan",
    "Infinity,inf",
    "-Infinity,-inf",
    "-0.0,-0.0",
    "1e-4,0.0001",
    "5e-324,5e-324"
  })
  void whatIsNoJsonHasPythonsWord(double value, String text) {
    StringBuilder out = new StringBuilder();
    PythonFloat.append(out, value);
    assertThat(out).asString().isEqualTo(text);
  }
}
