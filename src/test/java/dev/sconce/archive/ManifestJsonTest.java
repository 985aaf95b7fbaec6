package dev.sconce.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestJsonTest {
  @Test
  void everyFieldIsRead() {
    Manifest manifest =
        parse(
            """
            {"createdOn": "21/11/2026 08:23:35", "runtime": "python3", "archiverVersion": "0.12.0",
             "model": {"modelName": "twin", "modelVersion": "2.5", "handler": "handler.py:handle",
               "serializedFile": "w/encoder.pth", "modelFile": "./net.py", "configFile": "c.yaml",
               "requirementsFile": "requirements.txt", "extensions": {"a": [1]},
               "sourceVocab": "vocab.pt", "description": "old", "version": "9"},
             "description": "old"}""");

    assertThat(manifest.modelName()).isEqualTo("twin");
    assertThat(manifest.modelVersion()).isEqualTo("2.5");
    assertThat(manifest.runtime()).isEqualTo(ModelRuntime.PYTHON3);
    assertThat(manifest.handler()).contains("handler.py:handle");
    assertThat(manifest.serializedFile()).contains("w/encoder.pth");
    assertThat(manifest.modelFile()).contains("net.py");
    assertThat(manifest.configFile()).contains("c.yaml");
    assertThat(manifest.requirementsFile()).contains("requirements.txt");
    assertThat(manifest.sourceVocab()).contains("vocab.pt");
    assertThat(manifest.createdOn()).contains("21/11/2026 08:23:35");
    assertThat(manifest.archiverVersion()).contains("0.12.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"model\": {}}",
        "{\"runtime\": null, \"model\": {\"modelName\": null, \"handler\": null}}",
        "{\"runtime\": \"\", \"model\": {\"modelName\": \"\", \"modelVersion\": \"\"}}"
      })
  void whatIsNotSaidHasItsDefault(String json) {
    assertThat(parse(json)).isEqualTo(Manifest.empty("my-twin.mar"));
    assertThat(parse(json).modelName()).isEqualTo("my_twin");
    assertThat(parse(json).modelVersion()).isEqualTo("1.0");
    assertThat(parse(json).runtime()).isEqualTo(ModelRuntime.PYTHON);
    assertThat(parse(json).handler()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "twin.mar, twin",
    "my-twin v2.mar, my_twin_v2",
    "a.b.mar, a_b",
    "_x.mar, _x",
    "twin.model, twin",
    "twin.tar.gz, twin_tar_gz",
    "twin.tgz, twin_tgz",
    "my.model.v2.tar.gz, my_model_v2_tar",
    "noarch, noarch",
    "zw\u00f6lf.mar, zw_lf"
  })
  void theDefaultNameIsMadeFromTheFileName(String fileName, String modelName) {
    assertThat(Manifest.defaultName(fileName)).isEqualTo(modelName);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1.10, 1.10", "2.0, 2.0", "12345678901234567890, 12345678901234567890"})
  void aVersionWrittenAsANumberIsTakenAsItIsWritten(String number, String version) {
    assertThat(parse("{\"model\": {\"modelVersion\": " + number + "}}").modelVersion())
        .isEqualTo(version);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"image_classifier", "com.example.My$Handler", "h:handle", "h.py:A.b", "d/h"})
  void handlersAreNamesAndFilesWithAndWithoutAFunction(String handler) {
    assertThat(parse("{\"model\": {\"handler\": \"" + handler + "\"}}").handler())
        .contains(handler);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        arguments("[]", "the manifest: [] (expected: an object)"),
        arguments("", "the manifest:  (expected: an object)"),
        arguments("{\"model\": null}", "model: null (expected: an object)"),
        arguments("{\"model\": [1]}", "model: [1] (expected: an object)"),
        arguments(
            "{\"runtime\": \"ruby\"}", "runtime: ruby (expected: one of python, python3, LSP)"),
        arguments("{\"runtime\": {}}", "runtime: {} (expected: a text)"),
        arguments(
            "{\"model\": {\"modelName\": \"a/b\"}}",
            "model.modelName: a/b (expected: at most 128 characters, no slashes or control"),
        arguments(
            "{\"model\": {\"modelName\": \"a\\u0000b\"}}", "model.modelName: a?b (expected: at"),
        arguments(
            "{\"model\": {\"modelVersion\": true}}", "model.modelVersion: true (expected: a text)"),
        arguments(
            "{\"model\": {\"serializedFile\": \"../w.pth\"}}",
            "model.serializedFile: ../w.pth (expected: a file inside the archive)"),
        arguments(
            "{\"model\": {\"modelFile\": \"/etc/passwd\"}}",
            "model.modelFile: /etc/passwd (expected: a file inside the archive)"),
        arguments(
            "{\"model\": {\"configFile\": \"a\\\\b\"}}",
            "model.configFile: a\\b (expected: a file inside the archive)"),
        arguments(
            "{\"model\": {\"requirementsFile\": \".\"}}",
            "model.requirementsFile: . (expected: a file inside the archive)"),
        arguments(
            "{\"model\": {\"handler\": \"../../h.py\"}}",
            "model.handler: ../../h.py (expected: a name, or a file inside the archive)"),
        arguments(
            "{\"model\": {\"handler\": \"C:/h.py\"}}", "model.handler: C:/h.py (expected: a name"),
        arguments("{\"model\": {\"handler\": \":\"}}", "model.handler: : (expected: a name"),
        arguments("{\"model\": {\"handler\": \":f\"}}", "model.handler: :f (expected: a name"),
        arguments(
            "{\"model\": {\"handler\": \"h:f:g\"}}", "model.handler: h:f:g (expected: a name"),
        arguments("{\"model\": {}", "Unexpected end-of-input"),
        arguments("{} {}", "Trailing token"),
        arguments("{\"runtime\": \"LSP\", \"runtime\": \"python\"}", "Duplicate"),
        arguments("[".repeat(1000), "nesting depth"),
        arguments("{\"a\": \"" + "x".repeat(70_000) + "\"}", "String value length"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whatCannotBeServedIsRefused(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_MODEL)
        .hasMessageStartingWith("my-twin.mar: MAR-INF/MANIFEST.json: ")
        .hasMessageContaining(message);
  }

  @Test
  void allFaultsAreNamedAtOnce() {
    assertThatThrownBy(
            () ->
                parse(
                    "{\"runtime\": \"ruby\", \"model\": {\"modelName\": [], \"handler\": \"/h\"}}"))
        .hasMessage(
            "my-twin.mar: MAR-INF/MANIFEST.json: model.modelName: [] (expected: a text);"
                + " runtime: ruby (expected: one of python, python3, LSP);"
                + " model.handler: /h (expected: a name, or a file inside the archive)");
  }

  @Test
  void aManifestReadsBackAsItWasWritten() {
    Manifest manifest =
        parse("{\"model\": {\"modelName\": \"t\", \"modelVersion\": \"\u00e9\u20ac\\\"\\\\\"}}");
    assertThat(parse(ManifestJson.write(manifest))).isEqualTo(manifest);
  }

  private static Manifest parse(String json) {
    return ManifestJson.parse("my-twin.mar", json.getBytes(StandardCharsets.UTF_8));
  }
}
