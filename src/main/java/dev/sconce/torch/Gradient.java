package dev.sconce.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The gradient of a module's output with respect to its input: see {@link TorchModule#gradient}.
 */
final class Gradient {
  private Gradient() {}

  static Optional<NDArray> of(
      PtSymbolBlock block,
      String method,
      NDManager scope,
      PtNDArray input,
      UnaryOperator<NDArray> summed) {
    if (!input.getDataType().isFloating()) {
      throw new IllegalArgumentException(
          ScriptValue.describe(input.getDataType(), input.getShape())
              + " (expected: floating point numbers, which alone have a gradient)");
    }
    return GradientCall.withGradients(
        () -> {
          input.setRequiresGradient(true);
          NDArray picked = summed.apply(forward(block, method, scope, input));
          return goBack((PtNDArray) picked) ? Optional.of(input.getGradient()) : Optional.empty();
        });
  }

  private static NDArray forward(
      PtSymbolBlock block, String method, NDManager scope, PtNDArray input) {
    try (IValue argument = IValue.from(input);
        IValue result = GradientCall.run(block, method, argument)) {
      ScriptValue value = ScriptValue.of(result, (PtNDManager) scope);
      if (value instanceof ScriptValue.Array output) {
        return output.array();
      }
      throw new ServingException(
          ErrorCode.INTERNAL, method + " gives " + value.describe() + " (expected: a tensor)");
    }
  }

  /**
   * Whether there is a way back. DJL cannot tell before: what it calls requiresGrad holds only once
   * there is a gradient, and for a tensor without one its function names crash the JVM.
   */
  private static boolean goBack(PtNDArray picked) {
    try {
      JniUtils.backward(picked, (PtNDArray) picked.onesLike(), false, false);
      return true;
    } catch (EngineException e) {
      if (String.valueOf(e.getMessage()).contains("does not require grad")) {
        return false;
      }
      throw e;
    }
  }
}
