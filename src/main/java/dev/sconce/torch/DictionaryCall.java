package dev.sconce.torch;

import static java.lang.invoke.MethodType.methodType;

import ai.djl.pytorch.jni.IValue;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Takes a dictionary of TorchScript apart in the order that the script put its members in.
 *
 * <p>DJL's own {@code IValue.toIValueMap} gives them in none. The native call below it does; DJL
 * keeps it to itself.
 */
final class DictionaryCall {
  /** From a dictionary's handle to the handles of its keys and values, in turn. */
  private static final MethodHandle ENTRIES;

  /** From a handle to the value that owns it. */
  private static final MethodHandle VALUE;

  static {
    try {
      MethodHandles.Lookup djl =
          MethodHandles.privateLookupIn(IValue.class, MethodHandles.lookup());
      Class<?> library = djl.findClass("ai.djl.pytorch.jni.PyTorchLibrary");
      MethodHandle the = djl.findStaticGetter(library, "LIB", library);
      MethodHandle entries =
          djl.findVirtual(library, "iValueToMap", methodType(long[].class, long.class));
      ENTRIES = MethodHandles.foldArguments(entries, the);
      VALUE = djl.findConstructor(IValue.class, methodType(void.class, long.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this version of DJL takes dictionaries apart in another way", e);
    }
  }

  private DictionaryCall() {}

  /**
   * The members of a dictionary whose keys are text.
   *
   * @param dictionary stays the caller's
   * @return values to be closed, in order
   */
  static Map<String, IValue> members(IValue dictionary) {
    try {
      long[] handles = (long[]) ENTRIES.invokeExact((long) dictionary.getHandle());
      Map<String, IValue> members = new LinkedHashMap<>();
      for (int i = 0; i < handles.length; i += 2) {
        IValue value = (IValue) VALUE.invokeExact(handles[i + 1]);
        try (IValue key = (IValue) VALUE.invokeExact(handles[i])) {
          members.put(key.toStringValue(), value);
        }
      }
      return members;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("the native call throws nothing else", e);
    }
  }
}
