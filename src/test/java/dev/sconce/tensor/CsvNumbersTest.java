package dev.sconce.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CsvNumbersTest {
  /** If each line were searched to the end of the text, this would take hours. */
  @Test
  void theLargestBodyOfTheShortestLinesIsRead() {
    int lines = 6_553_500 / 2;
    NumberTensor read = CsvNumbers.of("body", "1\n".repeat(lines));
    assertThat(read.kind().shape()).isEqualTo(List.of((long) lines));
  }

  @Test
  void whatStandsBehindASharpEndsWithItsLine() {
    NumberTensor read = CsvNumbers.of("body", "# a, b\n1,2 # 3\n#\n4,5");
    assertThat(read.kind().shape()).isEqualTo(List.of(2L, 2L));
    assertThat(read.bytes().getFloat(8)).isEqualTo(4);
  }
}
