package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {
  private static final Headers SOME =
      Headers.of("Content-Type", "text/plain").with("X-A", "1").with("x-a", "2");

  @Test
  void namesCompareWithoutRegardToCase() {
    assertThat(SOME.first("content-TYPE")).contains("text/plain");
    assertThat(SOME.first("X-a")).contains("1");
    assertThat(SOME.all("X-a")).containsExactly("1", "2");
    assertThat(SOME.first("x-b")).isEmpty();
    assertThat(SOME.asMap()).containsEntry("x-A", "1, 2").hasSize(2);
  }

  @Test
  void fieldsOfAMapComeInItsOrder() {
    assertThat(Headers.of(Map.of("a", "1")).with("b", "2").fields())
        .extracting(Headers.Field::name)
        .containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nset-cookie: x", "a\nb", "a\u0000", "\u007f"})
  void aValueThatWouldBeginAnotherFieldIsRefused(String value) {
    assertThatThrownBy(() -> Headers.of("x-a", value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("header x-a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:", "a\r\n", "\u00e4"})
  void aNameThatIsNoTokenIsRefused(String name) {
    assertThatThrownBy(() -> Headers.of(name, "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: a token)");
  }
}
