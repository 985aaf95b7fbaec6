package dev.sconce.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What is expected comes from CPython's {@code glob}, by {@code scripts/golden/archives.py}. */
class FilePatternTest {
  private static final Path RESOURCES = Path.of("src/test/resources/archive");

  @TestFactory
  Stream<DynamicTest> patternsFindWhatPythonFinds() throws IOException {
    Path input = RESOURCES.resolve("input");
    Map<String, List<String>> expected =
        new ObjectMapper()
            .readValue(
                Files.readString(RESOURCES.resolve("patterns.json")), new TypeReference<>() {});
    return expected.entrySet().stream()
        .map(
            pattern ->
                DynamicTest.dynamicTest(
                    pattern.getKey(),
                    () ->
                        assertThat(new FilePattern(pattern.getKey()).expand(input))
                            .map(path -> input.relativize(path).toString())
                            .containsExactlyInAnyOrderElementsOf(
                                pattern.getValue().stream().map(FilePatternTest::plain).toList())));
  }

  /** Python keeps the dots a pattern has. */
  private static String plain(String path) {
    return Path.of(path).normalize().toString();
  }
}
