package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgreementTest {
  private final Agreement agreement = new Agreement();

  @Test
  void logitsDifferByTheirLargestDifferenceAndLabelsByTheirLargestLogit() {
    agreement.addLogits(
        new float[] {1, 2, 3, 9, 5, 5.5f}, new float[] {1, 2.25f, 3, 9, 5.5f, 5}, 3);
    assertThat(agreement.describe())
        .containsEntry("largestLogitDifference", 0.5)
        .containsEntry("labels", 2L)
        .containsEntry("labelFlips", 0L);
    agreement.addLogits(new float[] {1, 2}, new float[] {3, 2}, 2);
    assertThat(agreement.describe())
        .containsEntry("largestLogitDifference", 2.0)
        .containsEntry("labels", 3L)
        .containsEntry("labelFlips", 1L);
  }

  @Test
  void ofASingleLogitTheSignIsTheLabel() {
    agreement.addLogits(new float[] {0.1f, -0.1f, 7}, new float[] {-0.1f, -3, 5}, 1);
    assertThat(agreement.describe()).containsEntry("labels", 3L).containsEntry("labelFlips", 1L);
  }

  @Test
  void eachPixelOfAMaskIsALabelAndThereAreNoLogits() {
    agreement.addClasses(new byte[] {1, 2, 3}, new byte[] {1, 3, 2});
    assertThat(agreement.describe())
        .containsOnly(entry("madeUpRequests", 0), entry("labels", 3L), entry("labelFlips", 2L));
  }

  @Test
  void madeUpPicturesAreOthersEachTimeAndOfTheSizeOfNormalisedOnes() {
    Shape pair = new Shape(2, 40, 30, 3);
    float[] first = MadeUpPictures.normalised(0, pair);
    assertThat(first).hasSize(2 * 40 * 30 * 3).isEqualTo(MadeUpPictures.normalised(0, pair));
    assertThat(first).isNotEqualTo(MadeUpPictures.normalised(1, pair));
    double sum = 0;
    double squares = 0;
    for (float value : first) {
      sum += value;
      squares += value * value;
    }
    double mean = sum / first.length;
    assertThat(Math.sqrt(squares / first.length - mean * mean)).isBetween(0.3, 3.0);
    assertThat(Math.abs(mean)).isLessThan(2);
  }

  @Test
  void whatIsNoNumberIsText() {
    agreement.addLogits(new float[] {Float.NaN, 1}, new float[] {1, 1}, 2);
    assertThat(agreement.describe()).containsEntry("largestLogitDifference", "NaN");
  }

  @Test
  void weightsWithOneOrderArePacked() {
    byte[] one = {1, 2};
    byte[] other = {1, 3};
    assertThat(
            WeightPacking.alike(
                List.of(List.of(one, one, other), List.of(one.clone(), other, other.clone()))))
        .containsExactly(1, 0, 1);
  }
}
