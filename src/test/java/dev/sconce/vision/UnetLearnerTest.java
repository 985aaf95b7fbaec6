package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.handler.Part;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.RgbImage;
import dev.sconce.network.DynamicUnet;
import dev.sconce.network.OperatorSet;
import dev.sconce.network.Precision;
import dev.sconce.torch.TestDevice;
import dev.sconce.torch.TorchModule;
import dev.sconce.weights.Learner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Learners that fast.ai exported, served as they are. */
class UnetLearnerTest {
  @TempDir Path directory;

  private void put(String fileName) throws IOException {
    Files.copy(GoldenLearner.FILES.resolve(fileName), directory.resolve(fileName));
  }

  private Map<String, Object> described(Map<String, Object> settings) throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<RgbImage, Mask> handler = VisionFixture.unetHandler()) {
      handler.initialize(fixture.context(directory, settings));
      return handler.describe();
    }
  }

  private Mask mask(Path picture, Map<String, Object> settings) throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<RgbImage, Mask> handler = VisionFixture.unetHandler()) {
      handler.initialize(fixture.context(directory, settings));
      RgbImage input = handler.preprocess(VisionFixture.input(Map.of("data", picture)));
      return handler.inference(List.of(input)).get(0);
    }
  }

  static List<GoldenLearner> predicting() {
    return GoldenLearner.all().stream().filter(g -> !g.answers().isEmpty()).toList();
  }

  /** One learner has no Resize, so that fast.ai's answer has the picture's size. */
  @ParameterizedTest
  @MethodSource("predicting")
  void masksAreThoseOfLearnPredict(GoldenLearner golden) throws Exception {
    put(golden.toString());
    boolean resizes = !golden.toString().equals("learner-options.pkl");
    for (GoldenLearner.Answer answer : golden.answers()) {
      Map<String, Object> size = resizes ? Map.of() : Map.of("imageSize", answer.size());
      answer.assertMask(mask(answer.picture(), size));
    }
  }

  @ParameterizedTest
  @MethodSource("predicting")
  void logitsAreThoseOfTheLearnersModel(GoldenLearner golden) throws Exception {
    Learner learner = Learner.find(golden.file()).orElseThrow();
    UnetSettings settings = UnetSettings.of(HandlerSettings.NONE, Optional.of(learner));
    boolean resizes = !golden.toString().equals("learner-options.pkl");
    Path file = directory.resolve("network.pt");
    DynamicUnet.infer(learner.weights(), settings.options())
        .write(file, Precision.FP32, OperatorSet.ATEN);
    try (TorchModule module = TestDevice.engine().load(file, TestDevice.get())) {
      for (GoldenLearner.Answer answer : golden.answers()) {
        Map<String, Object> size = resizes ? Map.of() : Map.of("imageSize", answer.size());
        PictureSettings pictures =
            PictureSettings.of(new HandlerSettings(size), settings.pictures());
        answer.assertLogits(logits(module, answer, pictures));
      }
    }
  }

  @Test
  void picturesOfDifferentSizesGoTogether() throws Exception {
    put("learner-ratio.pkl");
    List<GoldenLearner.Answer> answers = GoldenLearner.of("learner-ratio.pkl").answers();
    try (VisionFixture fixture = new VisionFixture();
        Handler<RgbImage, Mask> handler = VisionFixture.unetHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      List<RgbImage> batch = new ArrayList<>();
      for (GoldenLearner.Answer answer : answers) {
        batch.add(handler.preprocess(VisionFixture.input(Map.of("data", answer.picture()))));
      }
      List<Mask> masks = handler.inference(batch);
      assertThat(masks).hasSameSizeAs(answers);
      for (int i = 0; i < masks.size(); i++) {
        answers.get(i).assertMask(masks.get(i));
      }
    }
  }

  private static float[] logits(
      TorchModule module, GoldenLearner.Answer answer, PictureSettings pictures)
      throws IOException {
    Part part = Part.of(Files.readAllBytes(answer.picture()));
    RgbImage picture = new PictureReader(new ImageDecoder(1 << 24)).read("data", part, pictures);
    ByteBuffer pixels = new PictureBatch().fill(List.of(picture), pictures.normalizer());
    return module.compute(
        scope -> {
          Shape shape = new Shape(1, picture.height(), picture.width(), 3);
          NDArray input = scope.create(pixels, shape, DataType.FLOAT32);
          return module.run(DynamicUnet.LOGITS, scope, input).get(0).toFloatArray();
        });
  }

  @Test
  void describeSaysWhatTheLearnerDecided() throws Exception {
    put("learner.pkl");
    assertThat(described(Map.of()))
        .containsEntry(
            "network",
            "fast.ai DynamicUnet; ResNet, basic blocks 1-1-1, 16 channels; norm_type Weight; 6 classes")
        .containsEntry("imageSize", List.of(64, 96))
        .containsEntry("mean", List.of(0.485, 0.456, 0.406))
        .containsEntry("classNames", List.of("sky", "road", "tree", "house", "car", "größer"))
        .containsEntry(
            "fromLearner",
            List.of("classNames", "imageSize", "mean", "std", "blur", "blur_final", "y_range"))
        .doesNotContainKey("learnerDiffers");
  }

  @Test
  void whatOnlyTheModulesShowIsReadOffThem() throws Exception {
    put("learner-options.pkl");
    assertThat(described(Map.of()))
        .containsEntry("blur", true)
        .containsEntry("yRange", List.of(-2.5, 4.0))
        .containsEntry("imageSize", List.of(96, 128))
        .containsEntry("mean", List.of(0.0, 0.0, 0.0))
        .containsEntry("std", List.of(1.0, 1.0, 1.0))
        .containsEntry(
            "learnerDiffers", "it leaves pictures in their own size, here they get imageSize");
  }

  @Test
  void describeSaysHowPicturesAreCutOrPadded() throws Exception {
    put("learner-crop.pkl");
    assertThat(described(Map.of()))
        .containsEntry("imageSize", List.of(64, 80))
        .containsEntry("itemTransforms", List.of("Resize((64, 80), method=crop)"))
        .doesNotContainKeys("learnerDiffers", "div");
    Files.delete(directory.resolve("learner-crop.pkl"));
    put("learner-pad.pkl");
    assertThat(described(Map.of()))
        .containsEntry(
            "itemTransforms",
            List.of("Resize((64, 80), method=pad, pad_mode=border, resamples=bicubic)"))
        .containsEntry("div", 127.5)
        .doesNotContainKey("learnerDiffers");
  }

  @Test
  void describeSaysWhatIsNotDoneAsTheLearnerDoesIt() throws Exception {
    put("learner-legacy.pkl");
    assertThat(described(Map.of()))
        .containsEntry("imageSize", List.of(64, 48))
        .containsEntry(
            "itemTransforms",
            List.of("Resize((80, 80), method=crop)", "Resize((64, 48), method=squish)"))
        .containsEntry(
            "learnerDiffers",
            "its Flip resizes batches by grid_sample, here Pillow resizes pictures;"
                + " __main__.OfEverything is not done here");
    assertThat(described(Map.of("imageSize", List.of(32, 32))))
        .containsEntry("imageSize", List.of(32, 32))
        .doesNotContainKey("itemTransforms")
        .containsEntry("learnerDiffers", "__main__.OfEverything is not done here");
  }

  @Test
  void describeSaysThatSizesMayDiffer() throws Exception {
    put("learner-ratio.pkl");
    assertThat(described(Map.of()))
        .containsEntry("imageSize", List.of(72, 72))
        .containsEntry("itemTransforms", List.of("RatioResize(72)"))
        .containsEntry(
            "learnerDiffers",
            "its RatioResize cuts off what does not divide at random, here evenly");
  }

  @Test
  void theModelsConfigurationWins() throws Exception {
    put("learner-options.pkl");
    Map<String, Object> settings = new HashMap<>();
    settings.put("blur", false);
    settings.put("blur_final", true);
    settings.put("y_range", List.of(0, 1));
    settings.put("mean", List.of(0.5, 0.5, 0.5));
    settings.put("imageSize", List.of(32, 64));
    assertThat(described(settings))
        .containsEntry("blur", false)
        .containsEntry("yRange", List.of(0.0, 1.0))
        .containsEntry("mean", List.of(0.5, 0.5, 0.5))
        .containsEntry("std", List.of(1.0, 1.0, 1.0))
        .containsEntry("imageSize", List.of(32, 64))
        .containsEntry("fromLearner", List.of("classNames", "std"));
  }

  @Test
  void anotherActivationWhichTheWeightsDoNotShowIsRefused() throws Exception {
    put("learner-mish.pkl");
    assertThatThrownBy(() -> described(Map.of()))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageMatching(
            "learner-mish.pkl: model.layers\\.[0-9.]+ is a [a-z.]*Mish \\(expected: one of .*");
  }

  @Test
  void aBatchNormWithAnotherEpsIsRefused() throws Exception {
    put("learner-legacy.pkl"); // no zip, so no checksum has to follow
    Path file = directory.resolve("learner-legacy.pkl");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    int at = 0;
    while (bytes.get(at) != 'G' || bytes.getDouble(at + 1) != 1e-5) {
      at++;
    }
    Files.write(file, bytes.putDouble(at + 1, 1e-3).array());
    assertThatThrownBy(() -> described(Map.of()))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageMatching(
            "learner-legacy.pkl: model\\.layers\\.[0-9.]+\\.eps: 0.001 \\(expected: 1.0E-5\\)");
  }

  @Test
  void aLearnerOfAnotherNetworkIsToldOf() throws Exception {
    put("learner-classifier.pkl");
    String found =
        "learner-classifier.pkl (a fast.ai learner of a torch.nn.modules.container.Sequential, 18"
            + " keys; of learners only those of U-Nets over a ResNet are served)";
    assertThatThrownBy(() -> described(Map.of()))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessage(
            "unet: 0 files hold a fast.ai DynamicUnet's weights (expected: 1, or the manifest's);"
                + " found: "
                + found);
    VisionHandlers handlers = new VisionHandlers(TestDevice.engine(), 1 << 24);
    assertThat(handlers.recognise(directory).handler()).isEmpty();
    assertThat(handlers.recognise(directory).found()).isEqualTo(found);
  }

  @Test
  void aLearnerOfAUnetIsRecognised() throws Exception {
    put("learner.pkl");
    VisionHandlers handlers = new VisionHandlers(TestDevice.engine(), 1 << 24);
    assertThat(handlers.recognise(directory).handler()).contains("unet");
    assertThat(handlers.recognise(directory).found())
        .isEqualTo("learner.pkl (a fast.ai learner of a U-Net)");
  }
}
