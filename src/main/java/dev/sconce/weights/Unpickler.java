package dev.sconce.weights;

import dev.sconce.error.ServingException;
import dev.sconce.weights.PickleValue.Call;
import dev.sconce.weights.PickleValue.Dict;
import dev.sconce.weights.PickleValue.Inert;
import dev.sconce.weights.PickleValue.Items;
import dev.sconce.weights.PickleValue.Tuple;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one pickle as data. Nothing is executed and no class is looked up: a pickle may use the
 * {@link Opcode}s and ask for the {@link Globals} that are listed, and every call is a function of
 * this room. Memory and time are bounded by {@link Globals#work}.
 *
 * <p>The idea is that of {@code torch/_weights_only_unpickler.py}. Owned by one thread.
 */
final class Unpickler {
  private static final long LARGEST_COUNT = 1L << 48;

  private final ByteInput input;
  private final Globals globals;
  private final List<Object> stack = new ArrayList<>();

  /** Heights of the stack, each that of a MARK. */
  private final List<Integer> marks = new ArrayList<>();

  private final Map<Integer, Object> memo = new HashMap<>();
  private final Map<String, StorageRef> storages = new LinkedHashMap<>();
  private String opcode = "";
  private int position;
  private int work;
  private boolean stopped;

  private Unpickler(ByteInput input, Globals globals) {
    this.input = input;
    this.globals = globals;
  }

  /**
   * What a pickle holds.
   *
   * @param value see {@link PickleValue}
   * @param storages the storages it refers to, by key, as first mentioned
   */
  record Result(Object value, Map<String, StorageRef> storages) {}

  /** Reads the pickle at the input's position, up to and with its STOP. */
  static Result read(ByteInput input, Globals globals) {
    Unpickler pickle = new Unpickler(input, globals);
    while (!pickle.stopped) {
      pickle.step();
    }
    return new Result(pickle.pop(), pickle.storages);
  }

  private void step() {
    position = input.position();
    int code = input.uint8();
    Opcode next =
        Opcode.of(code)
            .orElseThrow(
                () ->
                    fault(
                        String.format(
                            "pickle opcode 0x%02x at byte %d is never run (expected: opcodes that"
                                + " Python writes for data, protocols 2 to 5)",
                            code, position)));
    opcode = next.name();
    charge(1);
    next.action().accept(this);
  }

  ByteInput input() {
    return input;
  }

  ServingException fault(String message) {
    return input.source().fault(message);
  }

  ServingException fault(String message, Throwable cause) {
    return input.source().fault(message, cause);
  }

  /** A pickle that no pickler writes. */
  private ServingException misuse(String problem) {
    return fault("pickle opcode " + opcode + " at byte " + position + ": " + problem);
  }

  /** Counts work that is more than a step of its own, such as copying. */
  void charge(int steps) {
    work += steps;
    if (work > globals.work()) {
      throw fault("the pickle takes too many steps (expected: <= " + globals.work() + ")");
    }
  }

  /** A size, stride or offset: an integer that is not negative and safe to multiply by 16. */
  long count(String what, Object value) {
    if (!(value instanceof Long number)) {
      throw fault(what + " is no integer of 64 bits (expected: an integer >= 0)");
    }
    if (number < 0 || number > LARGEST_COUNT) {
      throw fault(what + ": " + number + " (expected: 0 to 2^48)");
    }
    return number;
  }

  /** A name of reasonable length. */
  String name(String name) {
    if (name.length() > Limits.NAME_LENGTH) {
      throw fault(
          "name " + Source.excerpt(name) + " (expected: <= " + Limits.NAME_LENGTH + " characters)");
    }
    return name;
  }

  void proto() {
    int protocol = input.uint8();
    if (protocol < 2 || protocol > 5) {
      throw fault("pickle protocol " + protocol + " (expected: 2 to 5)");
    }
  }

  void frame() {
    long length = input.int64();
    if (length < 0 || length > input.remaining()) {
      throw misuse(length + " bytes (expected: <= " + input.remaining() + ")");
    }
  }

  void stop() {
    stopped = true;
  }

  void push(Object value) {
    stack.add(value);
  }

  Object pop() {
    return pop(1).get(0);
  }

  /** The topmost values, the lowest first; never from below a mark. */
  List<Object> pop(int count) {
    int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    if (stack.size() - count < floor) {
      throw misuse("the stack is empty (expected: a value)");
    }
    return popTo(stack.size() - count);
  }

  void mark() {
    marks.add(stack.size());
  }

  /** The values above the last mark, the lowest first; the mark is removed. */
  List<Object> popToMark() {
    if (marks.isEmpty()) {
      throw misuse("no mark (expected: one)");
    }
    return popTo(marks.remove(marks.size() - 1));
  }

  private List<Object> popTo(int height) {
    List<Object> top = stack.subList(height, stack.size());
    List<Object> popped = List.copyOf(top);
    top.clear();
    return popped;
  }

  /** POP takes a mark if it is on top, as in pickles of tuples that hold themselves. */
  void discard() {
    if (!marks.isEmpty() && marks.get(marks.size() - 1) == stack.size()) {
      marks.remove(marks.size() - 1);
    } else {
      Object unused = pop();
    }
  }

  private Object peek() {
    Object top = pop();
    push(top);
    return top;
  }

  void integer(int byteCount) {
    if (byteCount < 0 || byteCount > Limits.INTEGER_BYTES) {
      throw misuse(byteCount + " bytes (expected: <= " + Limits.INTEGER_BYTES + ")");
    }
    BigInteger number = input.integer(byteCount);
    push(number.bitLength() < Long.SIZE ? (Object) number.longValue() : number);
  }

  void remember(int index) {
    memo.put(index, peek());
  }

  void memoize() {
    remember(memo.size());
  }

  void recall(int index) {
    Object value = memo.get(index);
    if (value == null) {
      throw misuse("no value " + index + " (expected: one stored before)");
    }
    push(value);
  }

  void append(List<Object> items) {
    Object target = peek();
    if (target instanceof Items list) {
      list.items().addAll(items);
    } else if (!(target instanceof Inert)) {
      throw misuse("the target is no list or set (expected: one)");
    }
  }

  void put(List<Object> keysAndValues) {
    Object target = peek();
    if (keysAndValues.size() % 2 != 0) {
      throw misuse("a key without a value (expected: pairs)");
    }
    if (target instanceof Dict dict) {
      for (int i = 0; i < keysAndValues.size(); i += 2) {
        dict.put(keysAndValues.get(i), keysAndValues.get(i + 1));
      }
    } else if (!(target instanceof Inert)) {
      throw misuse("the target is no dict (expected: one)");
    }
  }

  void storage() {
    Object id = pop();
    Optional<Object> other =
        id instanceof Tuple t ? globals.persistent(t.items()) : Optional.empty();
    push(other.orElseGet(() -> storage(id)));
  }

  private StorageRef storage(Object id) {
    StorageRef storage = StorageRef.of(this, id);
    storages.putIfAbsent(storage.key(), storage);
    return storage;
  }

  void globalInText() {
    push(global(input.line(Limits.NAME_LENGTH), input.line(Limits.NAME_LENGTH)));
  }

  void globalOnStack() {
    List<Object> names = pop(2);
    if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
      throw misuse("no text (expected: module and name)");
    }
    push(global(name(module), name(name)));
  }

  /** Python 3 writes protocol 2 with the name that Python 2 had for its built-in functions. */
  private Object global(String module, String name) {
    String full = (module.equals("__builtin__") ? "builtins" : module) + "." + name;
    return globals
        .find(full)
        .orElseThrow(
            () ->
                fault(
                    String.format(
                        "the pickle asks for %s, which is never run (expected: %s)",
                        Source.excerpt(full), globals.allowed())));
  }

  void call() {
    List<Object> both = pop(2);
    if (!(both.get(0) instanceof Call callee) || !(both.get(1) instanceof Tuple arguments)) {
      throw misuse("no call (expected: a function or class, and a tuple)");
    }
    push(callee.apply(this, arguments.items()));
  }

  void build() {
    Object state = pop();
    Object target = peek();
    if (target instanceof Dict dict) {
      if (state instanceof Dict attributes) {
        dict.setAttributes(attributes.entries());
      }
    } else if (target instanceof Inert object) {
      object.setState(state);
    } else {
      throw misuse("the target has no state (expected: a dict or an object)");
    }
  }
}
