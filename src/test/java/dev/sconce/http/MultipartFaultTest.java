package dev.sconce.http;

import static dev.sconce.http.MultipartBodies.GOOD;
import static dev.sconce.http.MultipartBodies.MANY;
import static dev.sconce.http.MultipartBodies.TYPE;
import static dev.sconce.http.MultipartBodies.bytes;
import static dev.sconce.http.MultipartBodies.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Broken {@code multipart/form-data}: each is refused by naming the fault. */
class MultipartFaultTest {
  /** A body of one part with those header lines and the content {@code 1}. */
  private static String part(String headers) {
    return "--AaB03x\r\n" + headers + "\r\n\r\n1\r\n--AaB03x--\r\n";
  }

  private static String named(String disposition) {
    return part("Content-Disposition: form-data; " + disposition);
  }

  private static void assertRefused(String body, String message) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessage("multipart body: " + message);
  }

  static List<String> cutOffBodies() {
    return List.of(
        GOOD.replace("--AaB03x--\r\n", ""),
        GOOD.replace("x--\r\n", "x-"),
        GOOD.replace("x--\r\n", "x"),
        GOOD.replace("x--\r\n", "x\r\n"),
        GOOD.substring(0, GOOD.indexOf("BYTES") + 2),
        GOOD.substring(0, GOOD.indexOf("filename")),
        GOOD.substring(0, GOOD.indexOf("True")),
        "--AaB03x\r\n");
  }

  @ParameterizedTest
  @MethodSource("cutOffBodies")
  void aBodyWithoutItsClosingBoundaryIsRefused(String body) {
    assertRefused(body, "ends before its closing boundary --AaB03x--");
  }

  static List<String> otherBodies() {
    return List.of(
        GOOD.replace("AaB03x", "other"),
        GOOD.replace("AaB03x", "AaB03xyz"),
        "{\"a\": 1}",
        " --AaB03x");
  }

  @ParameterizedTest
  @MethodSource("otherBodies")
  void aBodyWithAnotherBoundaryOrNoneIsRefused(String body) {
    assertRefused(body, "no line is the boundary --AaB03x (expected: one above each part)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "form-data",
        "form-data; name=\"\"",
        "form-data; filename=\"f\"",
        "attachment; name=\"x\"",
        "name=\"x\"",
      })
  void aPartWithoutNameIsRefused(String disposition) {
    assertRefused(
        part("Content-Disposition: " + disposition),
        "part 1: Content-Disposition: " + disposition + " (expected: form-data; name=\"...\")");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Type: text/plain", "Content-Disposition:"})
  void aPartWithoutDispositionIsRefused(String headers) {
    String message = "part 1: Content-Disposition: none (expected: form-data; name=\"...\")";
    assertRefused(part(headers), message);
    assertRefused("--AaB03x\r\n\r\n1\r\n--AaB03x--\r\n", message);
  }

  @Test
  void thePartIsCounted() {
    assertRefused(
        GOOD.replace("; name=\"left\"", ""),
        "part 2: Content-Disposition: form-data; filename=\"left\""
            + " (expected: form-data; name=\"...\")");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      value = {
        "name=\"x > parameter name has no closing quote (expected: \")",
        "name=\"x\"y > parameter name goes on after its closing quote (expected: ;)",
        "name=\"x\"; name=\"y\" > parameter name comes twice (expected: once)",
        "name > parameter name has no value (expected: name=value)",
      })
  void aDispositionThatCannotBeReadIsRefused(String parameters, String fault) {
    assertRefused(named(parameters), "part 1: Content-Disposition: " + fault);
  }

  static List<Arguments> brokenHeaders() {
    String name = "Content-Disposition: form-data; name=x\r\n";
    return List.of(
        Arguments.of(
            name + "Content-Disposition: form-data",
            "header content-disposition comes twice (expected: once)"),
        Arguments.of("foo bar", "header line foo bar (expected: name: value)"),
        Arguments.of(": x", "header line : x (expected: name: value)"),
        Arguments.of(
            "Content-Disposition: form-data;\r\n name=\"x\"",
            "header line  name=\"x\" (expected: name: value)"),
        Arguments.of(
            name + "Content-Transfer-Encoding: base64",
            "Content-Transfer-Encoding: base64 (expected: binary, 8bit or 7bit)"),
        Arguments.of(
            name + "Content-Type: multipart/mixed",
            "Content-Type: multipart/mixed (expected: each file as its own part)"),
        Arguments.of(
            "X-Filler: " + "a".repeat(9000),
            "header lines longer than 8192 bytes (expected: at most 8192)"));
  }

  @ParameterizedTest
  @MethodSource("brokenHeaders")
  void aPartWithBrokenHeadersIsRefused(String headers, String fault) {
    assertRefused(part(headers), "part 1: " + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      value = {
        "koi8-r''a > koi8-r''a (expected: UTF-8''name or ISO-8859-1''name)",
        "a > a (expected: UTF-8''name or ISO-8859-1''name)",
        "utf-8''%4 > %4 (expected: % followed by two hex digits)",
        "utf-8''%ff > %ff is not UTF-8 (expected: UTF-8)",
      })
  void anExtendedFileNameThatCannotBeReadIsRefused(String value, String fault) {
    assertRefused(named("name=x; filename*=" + value), "part 1: filename*: " + fault);
  }

  @Test
  void headersThatAreNotUtf8AreRefused() {
    byte[] body = named("name=\"\u00e4\"").getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> MultipartParser.parse(body, TYPE, MANY))
        .isInstanceOf(ServingException.class)
        .hasMessageEndingWith("(expected: UTF-8)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; charset=utf-8"
      })
  void aTypeWithoutBoundaryIsRefused(String type) {
    assertThatThrownBy(() -> MultipartParser.parse(bytes(GOOD), type, MANY))
        .isInstanceOf(ServingException.class)
        .hasMessage("Content-Type: " + type + " (expected: multipart/form-data; boundary=...)");
  }

  @Test
  void morePartsThanAllowedAreRefusedThoughTheyShareOneName() {
    String one = "--AaB03x\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n";
    assertThat(parse(one.repeat(MANY) + "--AaB03x--").fields()).hasSize(1);
    assertThatThrownBy(() -> parse(one.repeat(MANY + 1) + "--AaB03x--"))
        .isInstanceOf(ServingException.class)
        .hasMessage("multipart body: more than 1000 parts (expected: at most 1000)");
  }

  /** Whatever a body is cut down to, it is refused: no part is silently lost. */
  @Test
  void everyBodyThatIsCutOffIsRefused() {
    int whole = GOOD.length() - 2;
    for (int length = 0; length < whole; length++) {
      String cut = GOOD.substring(0, length);
      assertThat(catchThrowable(() -> parse(cut))).as(cut).isInstanceOf(ServingException.class);
    }
    assertThat(parse(GOOD.substring(0, whole)).fields()).hasSize(2);
  }

  /** Nothing but a refusal may come of bytes that anyone could send. */
  @Test
  void whateverIsBrokenInABodyNothingButARefusalComesOfIt() {
    Random random = new Random(11);
    for (int round = 0; round < 50_000; round++) {
      byte[] body = bytes(GOOD);
      for (int change = random.nextInt(4); change >= 0; change--) {
        body[random.nextInt(body.length)] =
            (byte) "\r\n-;\"= :\\%\u00ffA".charAt(random.nextInt(12));
      }
      Throwable thrown = catchThrowable(() -> MultipartParser.parse(body, TYPE, MANY));
      if (thrown != null) {
        assertThat(thrown).isInstanceOf(ServingException.class);
      }
    }
  }
}
