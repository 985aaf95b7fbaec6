package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlencodedParserTest {

  /** The fields as text, in the form {@code {a=1, b=2}}. */
  private static String parse(String body, int maxFields) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Map<String, String> fields = new LinkedHashMap<>();
    UrlencodedParser.parse(bytes, maxFields)
        .fields()
        .forEach((name, field) -> fields.put(name, field.text()));
    return fields.toString();
  }

  static List<Arguments> forms() {
    return List.of(
        Arguments.of("a=1&b=two%20words&a=2", "{a=2, b=two words}"),
        Arguments.of("a+b=c+d", "{a b=c d}"),
        Arguments.of("a=1%2B1&b=%26%3D", "{a=1+1, b=&=}"),
        Arguments.of("%61=%e2%82%ac&ü=ü", "{a=€, ü=ü}"),
        Arguments.of("a=b=c", "{a=b=c}"),
        Arguments.of("a=&b=1", "{a=, b=1}"),
        Arguments.of("a&b=1", "{a=, b=1}"),
        Arguments.of("&&a=1&&", "{a=1}"),
        Arguments.of("a=1;b=2", "{a=1;b=2}"),
        Arguments.of("a=1\r\n", "{a=1}"),
        Arguments.of("a=1\n", "{a=1}"),
        Arguments.of("{\"b64\": \"QQ==\"}", "{{\"b64\": \"QQ==\"}}"));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aFormIsReadAsBrowsersAndCurlWriteIt(String body, String fields) {
    assertThat(parse(body, 100)).isEqualTo(fields);
  }

  /** TorchServe's captures echo_raw_default_ct, echo_expect100, pred_v1_explicit. */
  @ParameterizedTest
  @ValueSource(strings = {"x", "raw bytes", "{\"a\": 1}", "{\"a\":\n1}\n", "\r\n", "%zz"})
  void bytesWithoutAnEqualsSignAreNoFieldAsInTorchServe(String body) {
    assertThat(parse(body, 100)).isEqualTo("{}");
  }

  @Test
  void whatFollowsTheLastAmpersandWithoutAnEqualsSignIsNoFieldEither() {
    assertThat(parse("a=1&b", 100)).isEqualTo("{a=1}");
  }

  @Test
  void valuesMayBeAnyBytes() {
    byte[] body = "a=%ff%00%d8".getBytes(StandardCharsets.US_ASCII);
    Body.Field field = UrlencodedParser.parse(body, 100).field("a").orElseThrow();
    byte[] value = new byte[field.content().remaining()];
    field.content().get(value);
    assertThat(value).containsExactly(0xff, 0x00, 0xd8);
  }

  static List<Arguments> brokenForms() {
    String hex = " (expected: % followed by two hex digits)";
    return List.of(
        Arguments.of("a=%zz", "form body: %zz" + hex),
        Arguments.of("a=%4", "form body: %4" + hex),
        Arguments.of("a=1%", "form body: %" + hex),
        Arguments.of("%g1=1", "form body: %g1" + hex),
        Arguments.of("=1", "form body: a value without a name at 0 (expected: name=value)"),
        Arguments.of("a=1&=2", "form body: a value without a name at 4 (expected: name=value)"),
        Arguments.of("%ff=1", "form body: %ff is not UTF-8 (expected: UTF-8)"),
        Arguments.of(
            "a=1\r\nb=2",
            "form body: byte 0x0d at 3 (expected: name=value pairs joined by &;"
                + " anything else needs another Content-Type)"));
  }

  @ParameterizedTest
  @MethodSource("brokenForms")
  void aBrokenFormIsRefusedByNamingTheFault(String body, String message) {
    assertThatThrownBy(() -> parse(body, 100))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessage(message);
  }

  @Test
  void moreFieldsThanAllowedAreRefusedThoughTheyShareOneName() {
    assertThat(parse("a=1&".repeat(3), 3)).isEqualTo("{a=1}");
    assertThatThrownBy(() -> parse("a=1&".repeat(4), 3))
        .isInstanceOf(ServingException.class)
        .hasMessage("form body: more than 3 fields (expected: at most 3)");
  }
}
