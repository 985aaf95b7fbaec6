package dev.sconce.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  private final Words words = new Words();

  @Test
  void wordsAndPairsAreThoseOfTorchServe() throws IOException {
    for (GoldenTexts golden : GoldenTexts.all()) {
      assertThat(Words.withPairs(words.of(golden.text())))
          .describedAs(golden.text())
          .containsExactlyElementsOf(golden.terms());
    }
  }

  @ParameterizedTest
  @CsvSource({"<", "&", "<a&", "'", "&a", "\u0316\u0301", "\uFDFA"})
  void textsMadeToTakeLongDoNot(String piece) {
    // In time that grew with the square of the length, each would take hours.
    assertThat(words.of(piece.repeat(1_000_000 / piece.length()))).hasSizeLessThan(2_000_000);
  }

  @Test
  void aTextWithoutWordsHasNone() {
    assertThat(words.of("<p> ... </p> &amp; \u65e5")).isEmpty();
    assertThat(Words.withPairs(List.of())).isEmpty();
  }
}
