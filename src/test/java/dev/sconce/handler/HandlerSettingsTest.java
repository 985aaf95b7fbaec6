package dev.sconce.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HandlerSettingsTest {
  private static final String KEY = "key";

  private static HandlerSettings with(Object value) {
    return new HandlerSettings(Map.of(KEY, value));
  }

  @Test
  void valuesOfTheRightTypeAreGiven() {
    assertThat(with("resize").text(KEY)).hasValue("resize");
    assertThat(with(7).text(KEY)).hasValue("7");
    assertThat(with(true).text(KEY)).hasValue("true");
    assertThat(with(false).flag(KEY)).hasValue(false);
    assertThat(with(7).integer(KEY)).hasValue(7);
    assertThat(with(List.of(224, 96)).integers(KEY, 2)).hasValue(List.of(224, 96));
    assertThat(with(List.of(1, 0.5, 2L)).numbers(KEY, 3)).hasValue(List.of(1.0, 0.5, 2.0));
  }

  @Test
  void whatIsNotThereIsEmpty() {
    HandlerSettings none = HandlerSettings.NONE;
    assertThat(none.text(KEY)).isEmpty();
    assertThat(none.flag(KEY)).isEmpty();
    assertThat(none.integer(KEY)).isEmpty();
    assertThat(none.integers(KEY, 2)).isEmpty();
    assertThat(none.numbers(KEY, 3)).isEmpty();
  }

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        wrong(List.of("a"), s -> s.text(KEY), "key: [a] (expected: a text)"),
        wrong("yes", s -> s.flag(KEY), "key: yes (expected: true or false)"),
        wrong("many", s -> s.integer(KEY), "key: many (expected: a whole number)"),
        wrong(1.5, s -> s.integer(KEY), "key: 1.5 (expected: a whole number)"),
        wrong(1L << 40, s -> s.integer(KEY), "key: 1099511627776 (expected: a whole number)"),
        wrong(224, s -> s.integers(KEY, 2), "key: 224 (expected: a list of 2 whole numbers)"),
        wrong(
            List.of(1, 2, 3),
            s -> s.integers(KEY, 2),
            "key: [1, 2, 3] (expected: a list of 2 whole numbers)"),
        wrong(
            List.of(1, 2.5),
            s -> s.integers(KEY, 2),
            "key: [1, 2.5] (expected: a list of 2 whole numbers)"),
        wrong(
            List.of(1, "x"), s -> s.numbers(KEY, 2), "key: [1, x] (expected: a list of 2 numbers)"),
        wrong(
            List.of(1, Double.NaN),
            s -> s.numbers(KEY, 2),
            "key: [1, NaN] (expected: a list of 2 numbers)"));
  }

  private static Arguments wrong(
      Object value, Function<HandlerSettings, Object> getter, String message) {
    return Arguments.of(value, getter, message);
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("wrongValues")
  void aValueOfAnotherTypeIsRefusedNamingKeyValueAndExpectation(
      Object value, Function<HandlerSettings, Object> getter, String message) {
    assertThatThrownBy(() -> getter.apply(with(value)))
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_MODEL)
        .hasMessage("model-config.yaml: " + message);
  }

  @Test
  void laterChangesOfTheMapDoNotCount() {
    Map<String, Object> values = new HashMap<>(Map.of(KEY, 1));
    HandlerSettings settings = new HandlerSettings(values);
    values.put(KEY, 2);
    assertThat(settings.integer(KEY)).hasValue(1);
  }
}
