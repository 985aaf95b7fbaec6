package dev.sconce.torch;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A loaded TorchScript module: one copy of the weights in native memory, which it owns.
 *
 * <p>Any number of threads may run it; on the CPU they share the cores, and wait while there is
 * none. Whoever closes it sees to it that none does any more. Keep those threads few and lasting:
 * libtorch keeps a team of OpenMP threads for each.
 *
 * <p>Weights are loaded as ordinary tensors, not as inference tensors, so that a method may collect
 * gradients through them.
 */
public final class TorchModule implements AutoCloseable {
  private static final Pattern DECLARATION = Pattern.compile("(?m)^Declaration: (.*)$");

  private final Model model;
  private final PtSymbolBlock block;
  private final CoreShares cores;

  private TorchModule(Model model, CoreShares cores) {
    this.model = model;
    this.cores = cores;
    this.block = (PtSymbolBlock) model.getBlock();
  }

  /**
   * See {@link TorchEngine#load}.
   *
   * @param cores that running methods share
   */
  static TorchModule load(Path file, Device device, CoreShares cores) {
    Model model = Model.newInstance(file.getFileName().toString(), device, "PyTorch");
    boolean loaded = false;
    try {
      model.load(file, null, Map.of("mapLocation", "true", "trainParam", "true"));
      model.getBlock().freezeParameters(true);
      loaded = true;
      return new TorchModule(model, cores);
    } catch (IOException | MalformedModelException | RuntimeException e) {
      if (isOutOfMemory(e)) {
        throw outOfMemory(device, e);
      }
      String reason =
          MissingOperators.named(file, String.valueOf(e.getMessage()))
              .orElse(
                  "libtorch cannot load it: "
                      + e.getMessage()
                      + " (expected: a TorchScript file, as torch.jit.save writes it)");
      throw new ServingException(ErrorCode.INVALID_MODEL, file.getFileName() + ": " + reason, e);
    } finally {
      if (!loaded) {
        model.close();
      }
    }
  }

  /** Where the module computes. */
  public Device device() {
    return model.getNDManager().getDevice();
  }

  /**
   * Computes with arrays on the module's device, in a scope that belongs to this thread and frees
   * all that was made in it, whatever happens.
   *
   * @param work is given the scope; what it returns must not need it
   * @throws ServingException {@code OUT_OF_MEMORY} if the device has no room for an input, for what
   *     a method makes of it, or for the result on its way back
   */
  public <T> T compute(Function<NDManager, T> work) {
    try (NDManager scope = model.getNDManager().newSubManager()) {
      return work.apply(scope);
    } catch (RuntimeException e) {
      throw isOutOfMemory(e) ? outOfMemory(device(), e) : e;
    }
  }

  /**
   * Runs {@code method} without gradients, within {@link #compute}.
   *
   * @param scope owns the results
   * @param inputs arrays on the module's device
   * @return the method's tensor, or the tensors of its tuple or list, in order, or of its
   *     dictionary, by their keys
   * @throws EngineException if the method fails
   * @throws ServingException {@code INTERNAL} if it gives anything else than tensors
   */
  public NDList run(String method, NDManager scope, NDArray... inputs) {
    return cores.compute(() -> run(IValueUtils::runMethod, method, scope, inputs));
  }

  /** As {@link #run(String, NDManager, NDArray...)}, with one of {@link #threads}. */
  public NDList run(int threads, String method, NDManager scope, NDArray... inputs) {
    return cores.computeWith(threads, () -> run(IValueUtils::runMethod, method, scope, inputs));
  }

  /** With how many threads a method may find itself on the CPU, as others compute or not. */
  public List<Integer> threads() {
    return cores.threads();
  }

  /** How a method is run: on values that stay the caller's, for one that is to be closed. */
  private interface Way {
    IValue run(PtSymbolBlock block, String method, IValue... inputs);
  }

  private NDList run(Way way, String method, NDManager scope, NDArray... inputs) {
    IValue[] values = new IValue[inputs.length];
    try {
      for (int i = 0; i < inputs.length; i++) {
        values[i] = IValue.from((PtNDArray) inputs[i]);
      }
      try (IValue value = way.run(block, method, values)) {
        NDList arrays = new NDList();
        // Not IValue.toNDList: that one leaks what it cannot make arrays of.
        collect(ScriptValue.of(value, (PtNDManager) scope), method, arrays);
        return arrays;
      }
    } finally {
      Arrays.stream(values).filter(value -> value != null).forEach(IValue::close);
    }
  }

  /**
   * Runs a method of one argument without gradients, within {@link #compute}, whatever it gives.
   *
   * @param scope owns the arrays of the result
   * @param input an array on the module's device
   */
  public ScriptValue call(String method, NDManager scope, NDArray input) {
    return call(method, scope, IValue.from((PtNDArray) input));
  }

  /** As {@link #call(String, NDManager, NDArray)}, for a method that takes a list of tensors. */
  public ScriptValue callWithList(String method, NDManager scope, List<NDArray> inputs) {
    return call(method, scope, IValue.listFrom(inputs.toArray(PtNDArray[]::new)));
  }

  private ScriptValue call(String method, NDManager scope, IValue input) {
    try (input) {
      return cores.compute(
          () -> {
            try (IValue value = IValueUtils.runMethod(block, method, input)) {
              return ScriptValue.of(value, (PtNDManager) scope);
            }
          });
    }
  }

  /**
   * A method's types as libtorch writes them: {@code forward(__torch__.Net self, Tensor[] images)
   * -> Tensor}; empty if it does not say.
   */
  public Optional<String> declaration(String method) {
    // DJL has no call for it. libtorch tells it to whoever gives a value of a wrong type; nothing
    // of the method runs.
    try (IValue text = IValue.from("")) {
      IValueUtils.runMethod(block, method, text).close();
      return Optional.empty();
    } catch (EngineException e) {
      return Optional.of(DECLARATION.matcher(String.valueOf(e.getMessage())))
          .filter(Matcher::find)
          .map(found -> found.group(1));
    }
  }

  /**
   * What libtorch says is wrong, without the source text that it quotes; of an assertion without a
   * message, the line that it stands in.
   */
  public static String reason(EngineException e) {
    return ScriptError.reason(String.valueOf(e.getMessage()));
  }

  /**
   * Runs {@code method} within {@link #compute} with gradients switched on for this thread, for
   * methods that call {@code torch.autograd.grad} themselves. Safe from several threads at once,
   * other than DJL's gradient collector, of which a JVM has one.
   *
   * @param scope owns the results
   * @param inputs arrays on the module's device; the method gets copies, because what {@link #run}
   *     made are inference tensors, which autograd refuses to keep
   * @return as {@link #run}
   * @throws EngineException if the method fails
   * @throws ServingException as {@link #run}
   */
  public NDList runWithGradients(String method, NDManager scope, NDArray... inputs) {
    try (NDManager call = scope.newSubManager()) {
      NDArray[] copies = new NDArray[inputs.length];
      for (int i = 0; i < inputs.length; i++) {
        copies[i] = inputs[i].duplicate();
        copies[i].attach(call);
      }
      return cores.compute(
          () -> GradientCall.withGradients(() -> run(GradientCall::run, method, scope, copies)));
    }
  }

  /**
   * How a sum of what {@code method} gives changes with each value of its input, within {@link
   * #compute}: the gradient. Weights take no part. Safe from several threads at once, other than
   * DJL's gradient collector, of which a JVM has one.
   *
   * <p>libtorch plans a method anew for inputs that want gradients, so this is for a copy of the
   * module that serves nothing else.
   *
   * @param scope owns the gradient
   * @param input floating point numbers on the module's device, of any shape; made by {@code
   *     scope}, not by {@link #run}, whose results autograd refuses
   * @param summed picks what is summed of the method's one tensor, by operations that can be
   *     differentiated
   * @return in the input's shape and type; empty if what was picked does not change with the input
   *     in a way that libtorch can follow, as behind a rounding or a quantization
   * @throws IllegalArgumentException if {@code input} is not floating point numbers
   * @throws ServingException {@code INTERNAL} if the method gives anything else than one tensor
   * @throws EngineException if the method fails, or libtorch cannot differentiate one of its steps
   */
  public Optional<NDArray> gradient(
      String method, NDManager scope, NDArray input, UnaryOperator<NDArray> summed) {
    return cores.compute(() -> Gradient.of(block, method, scope, (PtNDArray) input, summed));
  }

  private static void collect(ScriptValue value, String method, NDList arrays) {
    if (value instanceof ScriptValue.Array one) {
      arrays.add(one.array());
    } else if (value instanceof ScriptValue.Sequence sequence) {
      sequence.elements().forEach(element -> collect(element, method, arrays));
    } else if (value instanceof ScriptValue.Dictionary dictionary) {
      new TreeMap<>(dictionary.members())
          .values()
          .forEach(member -> collect(member, method, arrays));
    } else {
      throw new ServingException(
          ErrorCode.INTERNAL,
          method + " gives " + value.describe() + " (expected: tensors, which may be in lists)");
    }
  }

  /**
   * libtorch says it in words only: its allocators for GPUs and for the CPU, and, when what they
   * need for themselves does not fit, cuBLAS and cuDNN ({@code CUBLAS_STATUS_ALLOC_FAILED}).
   */
  private static boolean isOutOfMemory(Exception e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return Stream.of("out of memory", "can't allocate memory", "_status_alloc_failed")
        .anyMatch(message::contains);
  }

  private static ServingException outOfMemory(Device device, Exception cause) {
    return new ServingException(
        ErrorCode.OUT_OF_MEMORY, "out of memory on " + device + ": try again with less", cause);
  }

  /**
   * Frees the module: its memory goes back to the device or the system, not only to libtorch's
   * cache or the C library's heap.
   */
  @Override
  public void close() {
    boolean onGpu = device().isGpu();
    model.close();
    if (onGpu) {
      JniUtils.emptyCudaCache();
    }
    NativeHeap.trim();
  }
}
