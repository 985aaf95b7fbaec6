package dev.sconce.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RuntimeErrorsTest {
  @Test
  void aLongMessageIsNotCutWithinACharacter() throws IOException {
    String told = "a" + "\uD83D\uDC31".repeat(2000); // the 2048th char is the first half of a cat
    JsonNode error =
        new ObjectMapper()
            .readTree(
                Container.bytes(RuntimeErrors.model("e", 500, StandardCharsets.UTF_8.encode(told)))
                    .array());
    String original = error.get("OriginalMessage").textValue();
    assertThat(original).hasSize(2047).isEqualTo(told.substring(0, 2047));
    assertThat(error.get("Message").textValue()).hasSizeBetween(2047, 2048);
  }
}
