package dev.sconce.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.sconce.network.Methods;
import dev.sconce.torch.EngineSettings;
import dev.sconce.torch.TorchEngine;
import dev.sconce.torch.TorchModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The least that a server does before its first answer: starts the engine, loads a TorchScript
 * file, runs it once on blank pictures, and ends. What is measured is how long the process lives.
 */
@Command(
    name = "BareLoad",
    mixinStandardHelpOptions = true,
    description = "Loads a TorchScript file and runs it once on blank pictures.")
final class BareLoad implements Callable<Map<String, Object>> {
  @Option(
      names = "--shape",
      split = ",",
      defaultValue = "2,224,224,3",
      description = "Of the pictures, float32.")
  private List<Long> shape = List.of();

  @Parameters(paramLabel = "FILE", description = "As SavedTwin writes it.")
  private Path file = Path.of("");

  private BareLoad() {}

  public static void main(String... arguments) {
    Tool.main(new BareLoad(), arguments);
  }

  @Override
  public Map<String, Object> call() {
    long start = System.nanoTime();
    TorchEngine engine =
        TorchEngine.start(new EngineSettings(OptionalInt.empty(), OptionalInt.of(0)));
    engine.await();
    long started = System.nanoTime();
    try (TorchModule module = engine.load(file, Device.cpu())) {
      long loaded = System.nanoTime();
      float first =
          module.compute(
              scope -> {
                NDArray pictures = scope.zeros(new Shape(shape));
                return module.run(Methods.FORWARD, scope, pictures).get(0).toFloatArray()[0];
              });
      return Map.of(
          "engineSeconds", Tool.rounded(ClosedLoop.seconds(started - start)),
          "loadSeconds", Tool.rounded(ClosedLoop.seconds(loaded - started)),
          "forwardSeconds", Tool.rounded(ClosedLoop.seconds(System.nanoTime() - loaded)),
          "first", (double) first);
    }
  }
}
