package dev.sconce.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A TorchScript module of the form {@code forward(Tensor) -> Tensor} that also tells the gradients
 * of its outputs at one of its layers, as PyTorch does with {@code register_forward_hook} and
 * {@code torch.autograd.grad}; what Grad-CAM and its kin need.
 *
 * <p>Any number of threads may use it, each call for itself; what is said of {@link TorchModule}
 * holds here, too. There is one copy of the weights.
 */
public final class LayerModule implements AutoCloseable {
  /** In place of a class: whichever the output is largest for. */
  public static final int LIKELIEST = -1;

  private final TorchModule module;
  private final String layer;

  private LayerModule(TorchModule module, String layer) {
    this.module = module;
    this.layer = layer;
  }

  /**
   * What one call computed, on the module's device, owned by the scope it was given.
   *
   * @param output what {@code forward} gives, [N, classes]
   * @param activations what the layer gave, [N, …]; [N, C, h, w] for one of a convolutional network
   * @param gradients of the targets' outputs at {@code activations}, of the same shape
   */
  public record Gradients(NDArray output, NDArray activations, NDArray gradients) {}

  /** See {@link ScriptLoader#load(Path, java.util.Optional, String)}. */
  static LayerModule load(TorchEngine engine, Path file, Device device, String layer) {
    try {
      Path directory = Files.createTempDirectory("sconce-layer-");
      Path copy = directory.resolve(file.getFileName());
      try {
        LayerScript.write(file, layer, copy);
        return new LayerModule(engine.load(copy, device), layer);
      } finally {
        Files.deleteIfExists(copy);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INTERNAL, "a temporary file cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * The module, for everything else: {@link TorchModule#compute}, in which all calls have to be,
   * and {@link TorchModule#run}, which costs less than gradients do. Closed with this object.
   */
  public TorchModule module() {
    return module;
  }

  /**
   * Runs {@code forward} and collects gradients at the layer, within {@link TorchModule#compute}.
   * The network up to the layer runs without gradients, which are those of the sum of the targets'
   * outputs; since each element of a batch only matters to its own output, each has its own.
   *
   * @param scope owns the results
   * @param input what {@code forward} takes, N elements in its first dimension
   * @param targets a class for each element of the batch, or {@link #LIKELIEST}
   * @throws IllegalArgumentException if the targets are not as many as the elements, or if one is
   *     no class of the output
   * @throws ai.djl.engine.EngineException if the module fails
   * @throws ServingException {@code INVALID_MODEL} if the layer was not called exactly once, if it
   *     gives no floating point numbers, if the output is not [N, classes], or if it does not
   *     depend on the layer; {@code OUT_OF_MEMORY} as {@link TorchModule#compute}
   */
  public Gradients gradientsAt(NDManager scope, NDArray input, int... targets) {
    if (input.getShape().dimension() == 0 || input.getShape().get(0) != targets.length) {
      throw new IllegalArgumentException(
          "targets: "
              + targets.length
              + " for input "
              + describe(input)
              + " (expected: one for each of its first dimension)");
    }
    NDArray classes = scope.create(Arrays.stream(targets).asLongStream().toArray());
    NDList found = module.runWithGradients(LayerText.GRADIENTS, scope, input, classes);
    Gradients result = new Gradients(found.get(0), found.get(1), found.get(2));
    check(result, found.get(3).toType(DataType.INT64, false).getLong(), targets);
    return result;
  }

  private void check(Gradients result, long calls, int... targets) {
    if (calls != 1) {
      throw fault("was called " + calls + " times in one forward (expected: once)");
    }
    NDArray output = result.output();
    if (output.getShape().dimension() != 2) {
      throw fault("the module gives " + describe(output) + " (expected: [N, classes])");
    }
    NDArray activations = result.activations();
    if (!activations.getDataType().isFloating()) {
      throw fault("gives " + describe(activations) + " (expected: floating point numbers)");
    }
    if (result.gradients().isEmpty()) {
      throw fault("the output does not depend on it (expected: a layer on the way to the output)");
    }
    long classes = output.getShape().get(1);
    for (int target : targets) {
      if (target < LIKELIEST || target >= classes) {
        throw new IllegalArgumentException(
            "target: %d (expected: 0 to %d, or %d for the likeliest)"
                .formatted(target, classes - 1, LIKELIEST));
      }
    }
  }

  private static String describe(NDArray array) {
    return ScriptValue.describe(array.getDataType(), array.getShape());
  }

  private ServingException fault(String reason) {
    return new ServingException(ErrorCode.INVALID_MODEL, layer + ": " + reason);
  }

  /** Frees the module. */
  @Override
  public void close() {
    module.close();
  }
}
