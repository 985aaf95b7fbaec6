package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.weights.Learner.Statistics;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What learners say of their transforms, as fast.ai would not write it. */
class HostileTransformsTest extends LearnerPickles {
  private static String loaders(String... normalize) {
    StringBuilder transforms = new StringBuilder("](");
    for (String one : normalize) {
      transforms.append(one);
    }
    String list = object("fastcore.foundation", "L", "items", transforms + "e");
    String pipeline = object("fastcore.transform", "Pipeline", "fs", list);
    String loader = object("fastai.data.core", "TfmdDL", "after_batch", pipeline);
    return object("fastai.data.core", "DataLoaders", "loaders", "](" + loader + "e");
  }

  private static String normalize(String mean, String std) {
    return object("fastai.data.transforms", "Normalize", "mean", mean, "std", std);
  }

  @Test
  void severalNormalizeCountOneAfterTheOther() throws IOException {
    String one = normalize(TENSOR, TENSOR);

    assertThat(read(learner("model", WEIGHT, "dls", loaders(one, one))).orElseThrow().statistics())
        .contains(new Statistics(255, List.of(0.3125, 0.75, 2.0), List.of(0.0625, 0.25, 1.0)));
  }

  @Test
  void aTensorOfFastAisOldWayIsATensor() throws IOException {
    String old =
        "cfastai.torch_core\n_rebuild_from_type\n(ctorch._utils\n_rebuild_tensor_v2\n"
            + "cfastai.torch_core\nTensorImage\n"
            + TENSOR.substring(TENSOR.indexOf('('), TENSOR.length() - 1)
            + "}tR";

    assertThat(
            read(learner("model", WEIGHT, "dls", loaders(normalize(old, TENSOR))))
                .orElseThrow()
                .statistics())
        .contains(new Statistics(255, List.of(0.25, 0.5, 1.0), List.of(0.25, 0.5, 1.0)));
  }

  @Test
  void aNormalizeThatCannotBeIsRefused() {
    String expected = " (expected: a tensor of 1 or 3 finite numbers, std > 0)";
    assertRefused(
        learner("model", WEIGHT, "dls", loaders(normalize("N", TENSOR))),
        "Normalize: mean: no tensor" + expected);
    assertRefused(
        learner("model", WEIGHT, "dls", loaders(normalize(TENSOR, tensor(2)))),
        "Normalize: std: shape [2]" + expected);
  }

  @Test
  void aDivisorThatCannotBeIsRefused() {
    String toFloats = object("fastai.data.transforms", "IntToFloatTensor", "div", "K\0");
    assertRefused(
        learner("model", WEIGHT, "dls", loaders(toFloats)),
        "IntToFloatTensor: div: 0.0 (expected: finite, > 0)");
    String words = object("fastai.data.transforms", "IntToFloatTensor", "div", text("255"));
    assertRefused(
        learner("model", WEIGHT, "dls", loaders(words)),
        "IntToFloatTensor: div: no number (expected: one, finite, > 0)");
  }

  /** One transform in a list, again and again, is two bytes each time. */
  @Test
  void theNumberOfTransformsIsBounded() throws IOException {
    String first = object("fastai.vision.augment", "Flip", "aff_fs", "N", "size", "K\4") + "q\0";
    String most = loaders(first + "h\0".repeat(Limits.TRANSFORMS - 1));
    assertThat(read(learner("model", WEIGHT, "dls", most)).orElseThrow().batchTransforms())
        .hasSize(Limits.TRANSFORMS);
    assertRefused(
        learner("model", WEIGHT, "dls", loaders(first + "h\0".repeat(Limits.TRANSFORMS))),
        "101 transforms (expected: 100 at most)");
  }

  @Test
  void withoutFastAisOwnTransformsNothingIsKnown() throws IOException {
    Learner learner = read(learner("model", WEIGHT, "dls", loaders())).orElseThrow();
    assertThat(learner.statistics()).isEmpty();
    assertThat(learner.itemTransforms()).isEmpty();
    assertThat(learner.batchTransforms()).isEmpty();
    assertThat(learner.classNames()).isEmpty();
  }
}
