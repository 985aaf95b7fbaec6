package dev.sconce.torch;

import static java.lang.invoke.MethodType.methodType;

import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Runs a module's method with gradients, on values that stay the caller's, whatever happens.
 *
 * <p>What DJL has for it, {@code IValueUtils.forward}, wraps the arrays it is given and, if the
 * method throws, forgets the wrappers: the arrays, and all that holds on to them, stay in native
 * memory for good. The native call below it takes wrapped values; DJL keeps it to itself.
 */
final class GradientCall {
  /** From a module's handle, a method's name and the handles of its arguments to its value. */
  private static final MethodHandle RUN = find();

  private GradientCall() {}

  private static MethodHandle find() {
    try {
      MethodHandles.Lookup djl =
          MethodHandles.privateLookupIn(IValue.class, MethodHandles.lookup());
      Class<?> library = djl.findClass("ai.djl.pytorch.jni.PyTorchLibrary");
      MethodHandle run =
          djl.findVirtual(
              library,
              "moduleRunMethod",
              methodType(
                  long.class,
                  long.class,
                  String.class,
                  long[].class,
                  boolean.class,
                  boolean.class));
      MethodHandle the = djl.findStaticGetter(library, "LIB", library);
      MethodHandle value = djl.findConstructor(IValue.class, methodType(void.class, long.class));
      boolean train = true;
      boolean ownStream = false;
      MethodHandle withGradients = MethodHandles.insertArguments(run, 4, train, ownStream);
      return MethodHandles.filterReturnValue(
          MethodHandles.foldArguments(withGradients, the), value);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this version of DJL runs modules in another way", e);
    }
  }

  /**
   * Runs the method.
   *
   * @param inputs stay the caller's
   * @return the method's value, to be closed
   * @throws ai.djl.engine.EngineException if the method fails
   */
  static IValue run(PtSymbolBlock block, String method, IValue... inputs) {
    long[] handles = Arrays.stream(inputs).mapToLong(IValue::getHandle).toArray();
    try {
      return (IValue) RUN.invokeExact((long) block.getHandle(), method, handles);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("the native call throws nothing else", e);
    }
  }

  /** Does {@code work} with gradients switched on for this thread. */
  static <T> T withGradients(Supplier<T> work) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(true);
    try {
      return work.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }
}
