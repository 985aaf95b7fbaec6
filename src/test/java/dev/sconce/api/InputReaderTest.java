package dev.sconce.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.handler.Part;
import dev.sconce.http.Request;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InputReaderTest {
  /** TorchServe gives its worker every value in turn; there the next takes the last one's place. */
  @Test
  void ofAQueryParameterThatComesAgainTheLastIsAPart() {
    Request request = Requests.of("GET", "/echo/predict", "a=1&b=x&a=2");
    Map<String, Part> parts = InputReader.partsAndQuery(request);
    assertThat(parts.get("a")).extracting(Part::text).isEqualTo("2");
    assertThat(parts.get("b")).extracting(Part::text).isEqualTo("x");
  }

  @Test
  void theBodyTakesTheQuerysPlace() {
    Request request = Requests.post("body=query&a=1", "text/plain", "sent");
    Map<String, Part> parts = InputReader.partsAndQuery(request);
    assertThat(parts.get("body")).extracting(Part::text).isEqualTo("sent");
    assertThat(parts).containsKey("a");
  }
}
