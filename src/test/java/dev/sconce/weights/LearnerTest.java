package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.weights.Learner.Statistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Learners that fast.ai exported, by {@code scripts/golden/unet_learner.py}. */
class LearnerTest {
  private static final Path UNET = Path.of("src/test/resources/unet");
  private static final List<String> CODES =
      List.of("sky", "road", "tree", "house", "car", "größer");

  private static Learner learner(String name) {
    return Learner.find(UNET.resolve(name)).orElseThrow();
  }

  /** A learner's file and what {@code model.state_dict()} holds in Python. */
  record Golden(String file, List<String> state) {
    @Override
    public String toString() {
      return file;
    }
  }

  static List<Golden> goldens() {
    try {
      JsonNode root = new ObjectMapper().readTree(UNET.resolve("learners.json").toFile());
      return root.valueStream()
          .map(
              golden ->
                  new Golden(
                      golden.get("file").asText(),
                      golden.get("state").valueStream().map(LearnerTest::line).toList()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(JsonNode tensor) {
    return "%s %s %s %s"
        .formatted(
            tensor.get("key").asText(),
            tensor.get("dtype").asText(),
            tensor.get("shape").toString().replace(",", ", "),
            tensor.get("sha256").asText());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void theStateDictIsThatOfTheModelKeyByKeyAndByteByByte(Golden golden) throws Exception {
    List<String> lines = new ArrayList<>();
    learner(golden.file)
        .weights()
        .tensors()
        .forEach(
            (key, tensor) ->
                lines.add(
                    "%s %s %s %s".formatted(key, tensor.dtype(), tensor.shape(), sha256(tensor))));
    assertThat(lines).containsExactlyElementsOf(golden.state);
  }

  private static String sha256(Tensor tensor) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer bytes = tensor.bytes();
      digest.update(bytes);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatItDoesWithPicturesIsRead() {
    Learner learner = learner("learner.pkl");
    assertThat(learner.modelType()).isEqualTo("fastai.vision.models.unet.DynamicUnet");
    assertThat(learner.classNames()).isEqualTo(CODES);
    assertThat(learner.statistics())
        .contains(new Statistics(255, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225)));
    assertThat(types(learner.itemTransforms())).containsExactly("fastai.vision.augment.Resize");
    SavedObject resize = learner.itemTransforms().get(0);
    assertThat(resize.text("method")).contains("squish");
    assertThat(resize.integers("size")).as("width first").containsExactly(96L, 64L);
    assertThat(resize.integers("resamples")).as("bilinear, nearest").containsExactly(2L, 0L);
    assertThat(learner.batchTransforms()).as("turning and zooming").isEmpty();
  }

  private static List<String> types(List<SavedObject> transforms) {
    return transforms.stream().map(SavedObject::type).toList();
  }

  @Test
  void withoutNormalizeAndResizeThereIsNone() {
    Learner learner = learner("learner-options.pkl");
    assertThat(learner.classNames()).isEqualTo(CODES);
    assertThat(learner.statistics())
        .contains(new Statistics(255, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)));
    assertThat(learner.itemTransforms()).isEmpty();
    assertThat(learner.batchTransforms()).isEmpty();
  }

  @Test
  void whatBytesAreDividedByIsRead() {
    assertThat(learner("learner-pad.pkl").statistics().orElseThrow().divisor()).isEqualTo(127.5);
  }

  @Test
  void whatIsForTheTrainingSetAloneIsLeftOutWhoeverWroteIt() {
    assertThat(types(learner("learner-crop.pkl").itemTransforms()))
        .containsExactly("fastai.vision.augment.Resize");
  }

  @Test
  void whatElseIsDoneWithPicturesIsThere() {
    Learner learner = learner("learner-legacy.pkl");
    assertThat(learner.classNames()).isEqualTo(CODES);
    assertThat(types(learner.itemTransforms()))
        .containsExactly(
            "__main__.OfEverything",
            "fastai.vision.augment.CropPad",
            "fastai.vision.augment.RandomResizedCrop",
            "fastai.vision.augment.RandomCrop",
            "fastai.vision.augment.Resize");
    assertThat(types(learner.batchTransforms())).containsExactly("fastai.vision.augment.Flip");
    assertThat(learner.batchTransforms().get(0).integers("size")).containsExactly(64L, 48L);
  }

  @Test
  void aStateDictIsNoLearnerWhateverItsName() {
    Path served = Path.of("src/test/resources/served");
    assertThat(Learner.find(served.resolve("fastunet-learn.pth"))).isEmpty();
    assertThat(Learner.find(GoldenFiles.ROOT.resolve("good/tutorial_protocol4.pth"))).isEmpty();
  }

  @Test
  void aLearnerIsNoStateDict() {
    for (String name : List.of("learner.pkl", "learner-options.pkl", "learner-legacy.pkl")) {
      assertThatThrownBy(() -> StateDict.read(UNET.resolve(name)))
          .hasMessage(
              name
                  + ": is a fast.ai learner, as learn.export writes it (expected: a state dict, as"
                  + " torch.save(model.state_dict(), path) writes it)");
    }
  }
}
