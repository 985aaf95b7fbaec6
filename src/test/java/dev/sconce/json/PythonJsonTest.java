package dev.sconce.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Expected text comes from CPython, by {@code scripts/golden/json_floats.py}. */
class PythonJsonTest {

  @Test
  void layoutIsThatOfJsonDumpsWithIndentTwo() {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("a", List.of());
    inner.put(" é\u2028\u007f\"/\\\b\f\n\r\t\u0001", "😀");
    List<Object> value =
        Arrays.asList(
            1.0, true, null, List.of(), Map.of(), inner, List.of(List.of(), List.of(1)), "x");

    assertThat(text(value))
        .isEqualTo(
            """
            [
              1.0,
              true,
              null,
              [],
              {},
              {
                "a": [],
                " \\u00e9\\u2028\\u007f\\"/\\\\\\b\\f\\n\\r\\t\\u0001": "\\ud83d\\ude00"
              },
              [
                [],
                [
                  1
                ]
              ],
              "x"
            ]""");
  }

  @Test
  void javaArraysAreListsAndFloatsAreWidened() {
    assertThat(text(new float[][] {{0.1f}, {}}))
        .isEqualTo("[\n  [\n    0.10000000149011612\n  ],\n  []\n]");
  }

  @Test
  void doublesAreWrittenAsCPythonWritesThem() throws IOException {
    for (String line : Files.readAllLines(Path.of("src/test/resources/json/doubles.txt"))) {
      String[] bitsAndText = line.split(" ");
      double value = Double.longBitsToDouble(Long.parseUnsignedLong(bitsAndText[0], 16));
      assertThat(text(value)).as(bitsAndText[0]).isEqualTo(bitsAndText[1]);
    }
  }

  @Test
  void anUnknownTypeIsRefusedByName() {
    assertThatThrownBy(() -> PythonJson.bytes(List.of(new Object())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a JSON value: java.lang.Object");
  }

  private static String text(Object value) {
    return new String(PythonJson.bytes(value), StandardCharsets.UTF_8);
  }
}
