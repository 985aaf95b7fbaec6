package dev.sconce.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputTest {
  /** A request with the parts {@code name, text, name, text ...}. */
  private static Input with(String... namesAndTexts) {
    Map<String, Part> parts = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      parts.put(namesAndTexts[i], Part.of(namesAndTexts[i + 1]));
    }
    Deadline deadline = Deadline.after(Duration.ofSeconds(1), () -> 0);
    return new Input("id", parts, Map.of("X-Kind", "twin"), deadline);
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", ErrorCode.BAD_REQUEST)
        .hasMessage(message);
  }

  @Test
  void headersAreFoundInAnyCase() {
    assertThat(with().header("x-kind")).hasValue("twin");
    assertThat(with().header("kind")).isEmpty();
  }

  @Test
  void theFirstNamedPartThatHoldsSomethingIsTaken() {
    assertThat(with("body", "b", "data", "d").require("data", "body").text()).isEqualTo("d");
    assertThat(with("body", "b").require("data", "body").text()).isEqualTo("b");
    assertThat(with("data", "", "body", "b").require("data", "body").text()).isEqualTo("b");
  }

  @Test
  void aMissingPartIsRefusedSayingWhatCame() {
    assertRefused(
        () -> with("left", "x", "cam", "1").require("right"),
        "missing part: right (found: left, cam)");
    assertRefused(
        () -> with().require("data", "body"), "missing part: data or body (found: an empty body)");
    String longName = "n".repeat(100);
    assertRefused(
        () -> with(longName, "x").require("data"),
        "missing part: data (found: " + "n".repeat(40) + "…)");
  }

  @Test
  void anEmptyPartIsRefused() {
    assertRefused(() -> with("left", "").require("left"), "left: empty (expected: some bytes)");
    assertRefused(
        () -> with("body", "").require("data", "body"),
        "data or body: empty (expected: some bytes)");
  }

  @ParameterizedTest
  @CsvSource({
    "True, true",
    "true, true",
    "1, true",
    "YES, true",
    "' yes\n', true",
    "False, false",
    "false, false",
    "0, false",
    "No, false"
  })
  void aFlagTakesTheWordsOfPeopleAndPython(String text, boolean value) {
    assertThat(with("cam", text).flag("cam", !value)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFlagThatIsNotThereHasItsFallback(boolean fallback) {
    assertThat(with().flag("cam", fallback)).isEqualTo(fallback);
  }

  @ParameterizedTest
  @ValueSource(strings = {"maybe", "2", "", "t"})
  void anyOtherWordIsRefused(String text) {
    assertRefused(
        () -> with("cam", text).flag("cam", false),
        "cam: " + text + " (expected: True, False, 1, 0, yes or no)");
  }

  @ParameterizedTest
  @CsvSource({"True, true", "true, true", "False, false", "1, false"})
  void anExplanationIsWantedIfTheHeaderSaysTrue(String value, boolean wanted) {
    assertThat(withHeader("Explain", value).explain()).isEqualTo(wanted);
    assertThat(with().explain()).isFalse();
  }

  private static Input withHeader(String name, String value) {
    Input plain = with();
    return new Input(plain.requestId(), plain.parts(), Map.of(name, value), plain.deadline());
  }
}
