package dev.sconce.weights;

import java.util.Optional;

/** How a pickle begins, which tells what it holds before anything of it is read. */
final class PickleStart {
  private static final int PROTO = 0x80;
  private static final int FRAME = 0x95;
  private static final int GLOBAL = 'c';
  private static final int SHORT_BINUNICODE = 0x8c;
  private static final int MEMOIZE = 0x94;
  private static final int STACK_GLOBAL = 0x93;

  private PickleStart() {}

  /**
   * Module and name, joined by a dot, of the class or function that the pickle asks for first, if
   * that is the first thing it does. Advances {@code input}.
   */
  static Optional<String> name(ByteInput input) {
    if (input.uint8() != PROTO) {
      return Optional.empty();
    }
    input.skip(1);
    int opcode = input.uint8();
    if (opcode == FRAME) {
      input.skip(Long.BYTES);
      opcode = input.uint8();
    }
    if (opcode == GLOBAL) {
      return Optional.of(input.line(Limits.NAME_LENGTH) + "." + input.line(Limits.NAME_LENGTH));
    }
    if (opcode != SHORT_BINUNICODE) {
      return Optional.empty();
    }
    String module = input.utf8(input.uint8());
    boolean isName = afterMemo(input) == SHORT_BINUNICODE;
    String name = isName ? input.utf8(input.uint8()) : "";
    return isName && afterMemo(input) == STACK_GLOBAL
        ? Optional.of(module + "." + name)
        : Optional.empty();
  }

  private static int afterMemo(ByteInput input) {
    int opcode = input.uint8();
    return opcode == MEMOIZE ? input.uint8() : opcode;
  }
}
