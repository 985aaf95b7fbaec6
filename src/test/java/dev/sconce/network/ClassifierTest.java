package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.sconce.network.GoldenClassifier.Picture;
import dev.sconce.torch.TestDevice;
import dev.sconce.torch.TorchModule;
import dev.sconce.weights.InMemory;
import dev.sconce.weights.StateDict;
import dev.sconce.weights.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Expected values are torchvision's, by {@code scripts/golden/classifiers.py}. */
class ClassifierTest {
  private final Device device = TestDevice.get();
  @TempDir Path directory;

  static List<GoldenClassifier> networks() {
    return GoldenClassifier.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void logitsAndGradientsAreThoseOfTorchvision(GoldenClassifier golden) throws IOException {
    Classifier classifier = Classifier.infer(golden.weights());
    List<List<Picture>> batches = golden.pictures();
    assertThat(batches).hasSize(2);
    for (OperatorSet operators : TwinNetworkTest.operatorSets()) {
      try (TorchModule module = load(classifier, Precision.FP32, operators)) {
        for (List<Picture> batch : batches) {
          assertLogits(module, batch);
          assertLogits(module, batch.subList(1, 2));
        }
        if (operators == OperatorSet.ATEN) {
          assertGradient(batches.get(1).get(1));
        }
      }
    }
  }

  static List<GoldenClassifier> vgg16() {
    return GoldenClassifier.vgg16();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vgg16")
  void logitsOfTheTutorialsVggAreThoseOfTorchvision(GoldenClassifier golden) throws IOException {
    Classifier classifier = Classifier.infer(golden.weights(directory.resolve("vgg16.pth")));
    assertThat(classifier.summary()).endsWith("1000 classes");
    for (OperatorSet operators : TwinNetworkTest.operatorSets()) {
      try (TorchModule module = load(classifier, Precision.FP32, operators)) {
        for (List<Picture> batch : golden.pictures()) {
          assertLogits(module, batch);
        }
      }
    }
  }

  private static void assertLogits(TorchModule module, List<Picture> batch) {
    List<List<Float>> logits = logits(module, batch);
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).assertLogits(logits.get(i));
    }
  }

  private static List<List<Float>> logits(TorchModule module, List<Picture> batch) {
    return module.compute(
        scope -> {
          Picture first = batch.get(0);
          List<String> names = batch.stream().map(Picture::name).toList();
          NDArray pictures = FormulaPictures.of(names, first.height(), first.width(), scope);
          NDArray logits = module.run(Methods.FORWARD, scope, pictures).singletonOrThrow();
          return logits.split(batch.size()).stream().map(ClassifierTest::floats).toList();
        });
  }

  /** The module that was written last, run as one does who differentiates it from outside. */
  private void assertGradient(Picture picture) throws IOException {
    boolean before = JniUtils.isGradMode();
    try (Model model = Model.newInstance("classifier", device, "PyTorch")) {
      model.load(file(), null, Map.of("mapLocation", "true", "trainParam", "true"));
      JniUtils.setGradMode(true);
      picture.assertGradient(
          gradient((PtSymbolBlock) model.getBlock(), picture, model.getNDManager()));
    } catch (MalformedModelException e) {
      throw new IllegalStateException(e);
    } finally {
      JniUtils.setGradMode(before);
    }
  }

  private static List<Float> gradient(PtSymbolBlock block, Picture picture, NDManager scope) {
    NDArray pixels =
        FormulaPictures.of(List.of(picture.name()), picture.height(), picture.width(), scope);
    pixels.setRequiresGradient(true);
    NDArray logits = IValueUtils.forward(block, new NDList(pixels), true).singletonOrThrow();
    NDArray first = logits.get("0, 0");
    JniUtils.backward((PtNDArray) first, (PtNDArray) first.onesLike(), false, false);
    return floats(pixels.getGradient().abs().sum(new int[] {0, 1, 2}));
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18, 0.03",
    "narrow vgg11, 0.03",
    "narrow alexnet, 0.03",
    "squeezenet1_1, 0.03",
    "mobilenet_v2, 0.06", // 53 layers, most of them without a ReLU that would swallow errors
    "narrow densenet, 0.03"
  })
  void bfloat16ChangesLogitsLittle(String name, double allowed) throws IOException {
    GoldenClassifier golden = GoldenClassifier.named(name);
    Classifier classifier = Classifier.infer(golden.weights());
    List<Picture> batch = golden.pictures().get(1);
    for (OperatorSet operators : TwinNetworkTest.operatorSets()) {
      try (TorchModule exact = load(classifier, Precision.FP32, operators);
          TorchModule rounded = load(classifier, Precision.BF16, operators)) {
        assertNear(flat(logits(rounded, batch)), flat(logits(exact, batch)), allowed);
      }
    }
  }

  private static void assertNear(List<Float> actual, List<Float> expected, double allowed) {
    double largest = expected.stream().mapToDouble(Math::abs).max().orElseThrow();
    double furthest = 0;
    for (int i = 0; i < expected.size(); i++) {
      furthest = Math.max(furthest, Math.abs(actual.get(i) - expected.get(i)));
    }
    assertThat(furthest / largest).isBetween(1e-6, allowed); // 8 bits of mantissa, dozens of layers
  }

  @Test
  void oldDenseNetKeysMakeTheSameNetwork() throws IOException {
    GoldenClassifier golden = GoldenClassifier.named("narrow densenet");
    Map<String, Tensor> old = new LinkedHashMap<>();
    golden
        .weights()
        .tensors()
        .forEach(
            (key, tensor) -> {
              if (!key.endsWith("num_batches_tracked")) {
                old.put(key.replaceAll("(denselayer\\d+\\.(norm|conv))([12])", "$1.$3"), tensor);
              }
            });
    StateDict weights = InMemory.stateDict("model.pth", old);
    assertThat(old).containsKey("features.denseblock2.denselayer3.norm.2.running_var");

    Classifier classifier = Classifier.infer(weights);

    try (TorchModule module = load(classifier, Precision.FP32, OperatorSet.ATEN)) {
      assertLogits(module, golden.pictures().get(1));
    }
  }

  private TorchModule load(Classifier classifier, Precision precision, OperatorSet operators)
      throws IOException {
    classifier.write(file(), precision, operators);
    return LoadedNetwork.load(file(), device, operators, new Shape(1, 224, 256, 3));
  }

  private Path file() {
    return directory.resolve("classifier.pt");
  }

  private static List<Float> flat(List<List<Float>> lists) {
    return lists.stream().flatMap(List::stream).toList();
  }

  private static List<Float> floats(NDArray array) {
    List<Float> values = new ArrayList<>();
    for (float value : array.toFloatArray()) {
      values.add(value);
    }
    return values;
  }
}
