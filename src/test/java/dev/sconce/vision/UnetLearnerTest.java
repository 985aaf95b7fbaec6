package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.handler.Part;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.Pixels;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Learners that fast.ai exported, served as they are. */
class UnetLearnerTest extends UnetLearnerModels {
  private Mask mask(Path picture, Map<String, Object> settings) throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<Pixels, Mask> handler = VisionFixture.unetHandler()) {
      handler.initialize(fixture.context(directory, settings));
      Pixels input = handler.preprocess(VisionFixture.input(Map.of("data", picture)));
      return handler.inference(List.of(input)).get(0);
    }
  }

  static List<GoldenLearner> predicting() {
    return GoldenLearner.all().stream().filter(g -> !g.answers().isEmpty()).toList();
  }

  @ParameterizedTest
  @MethodSource("predicting")
  void masksAreThoseOfLearnPredict(GoldenLearner golden) throws Exception {
    put(golden.toString());
    for (GoldenLearner.Answer answer : golden.answers()) {
      answer.assertMask(mask(answer.picture(), size(golden, answer)));
    }
  }

  /** One learner has no Resize, so that fast.ai's answer has the picture's size. */
  private static Map<String, Object> size(GoldenLearner golden, GoldenLearner.Answer answer) {
    boolean resizes = !golden.toString().equals("learner-options.pkl");
    return resizes ? Map.of() : Map.of("imageSize", answer.size());
  }

  @ParameterizedTest
  @MethodSource("predicting")
  void logitsAreThoseOfTheLearnersModel(GoldenLearner golden) throws Exception {
    Learner learner = Learner.find(golden.file()).orElseThrow();
    UnetSettings settings = UnetSettings.of(HandlerSettings.NONE, Optional.of(learner));
    Path file = directory.resolve("network.pt");
    DynamicUnet.infer(learner.weights(), settings.options())
        .write(file, Precision.FP32, OperatorSet.ATEN);
    try (TorchModule module = TestDevice.engine().load(file, TestDevice.get())) {
      for (GoldenLearner.Answer answer : golden.answers()) {
        HandlerSettings size = new HandlerSettings(size(golden, answer));
        PictureSettings pictures = PictureSettings.of(size, settings.pictures());
        answer.assertLogits(logits(module, answer, pictures));
      }
    }
  }

  @Test
  void picturesOfDifferentSizesGoTogether() throws Exception {
    put("learner-ratio.pkl");
    List<GoldenLearner.Answer> answers = GoldenLearner.of("learner-ratio.pkl").answers();
    try (VisionFixture fixture = new VisionFixture();
        Handler<Pixels, Mask> handler = VisionFixture.unetHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      List<Pixels> batch = new ArrayList<>();
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
    PictureReader reader = new PictureReader(new ImageDecoder(1 << 24));
    RgbImage resized = reader.read("data", part, pictures);
    Pixels picture = reader.resample("data", resized, pictures);
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
            List.of(
                "CropPad((90, 120), pad_mode=border)",
                "Resize((96, 112), method=squish)",
                "CropPad((72, 88), pad_mode=zeros)",
                "CropPad((70, 70), pad_mode=zeros)",
                "Resize((80, 80), method=crop)"))
        .containsEntry("batchTransforms", List.of("Flip(size=(64, 48))"))
        .containsEntry(
            "learnerDiffers",
            "its resamples are not bilinear or bicubic (Pillow's 2 or 3) but 1, here bilinear;"
                + " __main__.OfEverything is not done here");
    assertThat(described(Map.of("imageSize", List.of(32, 32))))
        .doesNotContainKeys("itemTransforms", "batchTransforms")
        .containsEntry("learnerDiffers", "__main__.OfEverything is not done here");
  }

  @Test
  void describeSaysWhatIsDoneWithBatches() throws Exception {
    put("learner-presize.pkl");
    assertThat(described(Map.of()))
        .containsEntry("imageSize", List.of(64, 64))
        .containsEntry("itemTransforms", List.of("Resize((150, 190), method=crop)"))
        .containsEntry(
            "batchTransforms",
            List.of("RandomResizedCropGPU(size=(64, 64), ratio=(1.0, 1.0), valid_scale=1.0)"))
        .doesNotContainKey("learnerDiffers");
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
  void aLearnerOfAUnetIsRecognised() throws Exception {
    put("learner.pkl");
    VisionHandlers handlers = new VisionHandlers(TestDevice.engine(), 1 << 24);
    assertThat(handlers.recognise(directory).handler()).contains("unet");
    assertThat(handlers.recognise(directory).found())
        .isEqualTo("learner.pkl (a fast.ai learner of a U-Net)");
  }
}
