package dev.sconce.weights;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pickle can hold, as data. Beside these, text is a {@link String}, an integer a {@link
 * Long} or beyond 64 bits a {@link BigInteger}, a float a {@link Double}, a truth value a {@link
 * Boolean}.
 *
 * <p>A hostile pickle can nest and share values without bound, so nothing may walk them
 * recursively: they are not compared, hashed or shown.
 */
sealed interface PickleValue
    permits PickleValue.None,
        PickleValue.Bytes,
        PickleValue.Tuple,
        PickleValue.Items,
        PickleValue.Dict,
        PickleValue.Global,
        PickleValue.Inert,
        ElementType,
        StorageRef,
        TensorRef,
        PickleValue.NoTensor {

  /** Python's {@code None}. */
  enum None implements PickleValue {
    NONE
  }

  /** {@code bytes} or {@code bytearray}: a view of the pickle. */
  record Bytes(ByteBuffer content) implements PickleValue {}

  /** A {@code tuple} or {@code frozenset}; the list is not changed. */
  record Tuple(List<Object> items) implements PickleValue {}

  /** A {@code list} or {@code set}, which opcodes fill. */
  record Items(List<Object> items) implements PickleValue {
    Items() {
      this(new ArrayList<>());
    }
  }

  /**
   * A dictionary of whatever kind, which opcodes fill. Entries whose key is no text are dropped.
   */
  final class Dict implements PickleValue {
    private Map<String, Object> entries = Map.of();
    private Map<String, Object> attributes = Map.of();
    private boolean holdsTensors;

    void put(Object key, Object value) {
      if (key instanceof String name) {
        // Made late, since most dictionaries of a state dict stay empty.
        entries = entries.isEmpty() ? new LinkedHashMap<>() : entries;
        entries.put(name, value);
        holdsTensors |= value instanceof TensorRef || value instanceof NoTensor;
      }
    }

    /** True if an entry is, or was before another took its place, a tensor. */
    boolean holdsTensors() {
      return holdsTensors;
    }

    /** The entries with a text key, in the order in which the keys first came. */
    Map<String, Object> entries() {
      return entries;
    }

    /** Sets attributes of the dictionary object itself, such as {@code _metadata}. */
    void setAttributes(Map<String, Object> values) {
      attributes = values;
    }

    Map<String, Object> attributes() {
      return attributes;
    }
  }

  /**
   * A Python function or class that a pickle names, and what stands in for calling it.
   *
   * @param name module and name, joined by a dot
   */
  record Global(String name, Call call) implements PickleValue, Call {
    @Override
    public Object apply(Unpickler pickle, List<Object> arguments) {
      return call.apply(pickle, arguments);
    }
  }

  /** Stands in for a call. */
  interface Call {
    /** What the call gives; faults are those of the pickle's file. */
    Object apply(Unpickler pickle, List<Object> arguments);
  }

  /** An object of some class, which does nothing; items that opcodes give it are dropped. */
  sealed interface Inert extends PickleValue permits Instance, Stateful {
    /** Takes what BUILD gives. */
    void setState(Object newState);
  }

  /** An object of an allowed class that nothing here needs: its content is read and dropped. */
  record Instance(String type) implements Inert {
    @Override
    public void setState(Object newState) {}
  }

  /**
   * An object whose content is wanted: what it was made with and what BUILD gave it, as it stands.
   */
  final class Stateful implements Inert, Call {
    private final String type;
    private final List<Object> arguments;
    private Object state = None.NONE;

    /**
     * A new object.
     *
     * @param type the class, or the function, that was asked for it
     */
    Stateful(String type, List<Object> arguments) {
      this.type = type;
      this.arguments = arguments;
    }

    @Override
    public void setState(Object newState) {
      state = newState;
    }

    String type() {
      return type;
    }

    List<Object> arguments() {
      return arguments;
    }

    Object state() {
      return state;
    }

    /** What the object has under that name, if its state is a dictionary, as most are. */
    Optional<Object> attribute(String name) {
      return state instanceof Dict dict
          ? Optional.ofNullable(dict.entries().get(name))
          : Optional.empty();
    }

    /** Calling it, or making an object of it if it is a class, gives another such object. */
    @Override
    public Object apply(Unpickler pickle, List<Object> callArguments) {
      return new Stateful(type, callArguments);
    }
  }

  /**
   * A tensor that has no plain real numbers, which matters only if it is asked for.
   *
   * @param what a noun with its article
   */
  record NoTensor(String what) implements PickleValue {}
}
