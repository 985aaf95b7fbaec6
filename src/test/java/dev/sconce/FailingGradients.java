package dev.sconce;

import ai.djl.ndarray.types.Shape;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerFixture;
import dev.sconce.handler.Input;
import dev.sconce.torch.LayerModule;
import dev.sconce.torch.ScriptFile;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TestDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The part of {@link FailingCalls} in which gradients are wanted. */
final class FailingGradients {
  /** Of what fails only after it has gone back through the network. */
  private static final int FEWER = 1_000;

  /**
   * Where libtorch throws in its own code rather than in a script's, it writes down the calls that
   * led there, which takes ten milliseconds.
   */
  private static final int FEWEST = 200;

  private static final Path LAYERS = Path.of("src/test/resources/layers");
  private static final String ROW = "[[[1.0, 2.0], [3.0, 4.0]]]";

  private final Path directory;
  private final Supplier<Handler<?, ?>> classifier;

  /**
   * Gets ready.
   *
   * @param directory where it makes others
   * @param classifier makes handlers of the kind that explains
   */
  FailingGradients(Path directory, Supplier<Handler<?, ?>> classifier) {
    this.directory = directory;
    this.classifier = classifier;
  }

  void run() throws Exception {
    explain("throws_with_gradients", Failures.MANY, "y = torch.mul(x, 2)\nz = torch.add_(x, 1)");
    explain("has_no_way_back", FEWEST, "y = torch.detach(x)");
    explain("fails_on_the_way_back", FEWEST, "y = torch.exp(x)\nz = torch.add_(y, 1)");
    explain("too_large_a_target", Failures.MANY, "y = torch.mul(x, 2)", "4");
    gradients("layer_then_throws", Failures.MANY, "vgg.trace.pt", "features.0", 8, 0);
    gradients("layer_called_twice", FEWER, "odd.script.pt", "twice", 4, 0);
    gradients("layer_beside_the_way", FEWER, "odd.script.pt", "side", 4, 0);
    gradients("layer_target", FEWER, "odd.script.pt", "stem", 4, 5);
  }

  private void explain(String name, int times, String body) throws Exception {
    explain(name, times, body, "0");
  }

  /** The module answers predictions, with four classes. */
  private void explain(String name, int times, String body, String target) throws Exception {
    Path model = Files.createTempDirectory(directory, "model");
    String answer = "\nreturn torch.narrow(torch.flatten(y, 1), 1, 0, 4)";
    ScriptFile.write(model.resolve("net.pt"), "x: Tensor) -> Tensor", body + answer);
    Map<String, String> parts = Map.of("data", ROW, "target", target);
    explain(
        name,
        times,
        classifier.get(),
        model,
        HandlerFixture.input(parts, Map.of("explain", "True")));
  }

  private static <P> void explain(
      String name, int times, Handler<P, ?> made, Path model, Input input) throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<P, ?> handler = made) {
      handler.initialize(fixture.context(model, Map.of()));
      Failures.print(name, times, () -> handler.inference(List.of(handler.preprocess(input))));
    }
  }

  private static void gradients(
      String name, int times, String file, String layer, int side, int target) throws Exception {
    Optional<Integer> gpu = TestDevice.get().isGpu() ? Optional.of(0) : Optional.empty();
    Shape shape = new Shape(1, 3, side, side);
    try (LayerModule module =
        new ScriptLoader(TestDevice.engine()).load(LAYERS.resolve(file), gpu, layer)) {
      Failures.print(
          name,
          times,
          () ->
              module
                  .module()
                  .compute(scope -> module.gradientsAt(scope, scope.ones(shape), target)));
    }
  }
}
