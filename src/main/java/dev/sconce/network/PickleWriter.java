package dev.sconce.network;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes the few opcodes of pickle protocol 2 that a TorchScript archive needs. */
final class PickleWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PickleWriter() {
    out.write(0x80);
    out.write(2);
  }

  PickleWriter global(String module, String name) {
    out.write('c');
    return ascii(module + "\n" + name + "\n");
  }

  PickleWriter text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    fourBytes(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  PickleWriter integer(long value) {
    if (value == (int) value) {
      out.write('J');
      fourBytes((int) value);
      return this;
    }
    out.write(0x8a);
    out.write(8);
    fourBytes((int) value);
    fourBytes((int) (value >> 32));
    return this;
  }

  PickleWriter integers(long... values) {
    mark();
    for (long value : values) {
      integer(value);
    }
    return tuple();
  }

  /** An empty {@code List[int]}: TorchScript's lists say what they hold. */
  PickleWriter emptyIntegers() {
    global("torch.jit._pickle", "build_intlist").mark();
    return opcode(']').tuple().reduce();
  }

  PickleWriter bool(boolean value) {
    return opcode(value ? 0x88 : 0x89);
  }

  PickleWriter mark() {
    return opcode('(');
  }

  PickleWriter tuple() {
    return opcode('t');
  }

  PickleWriter emptyTuple() {
    return opcode(')');
  }

  PickleWriter emptyDict() {
    return opcode('}');
  }

  PickleWriter setItems() {
    return opcode('u');
  }

  PickleWriter newObject() {
    return opcode(0x81);
  }

  PickleWriter build() {
    return opcode('b');
  }

  PickleWriter reduce() {
    return opcode('R');
  }

  PickleWriter persistentId() {
    return opcode('Q');
  }

  ByteBuffer stop() {
    out.write('.');
    return ByteBuffer.wrap(out.toByteArray());
  }

  private PickleWriter opcode(int code) {
    out.write(code);
    return this;
  }

  private PickleWriter ascii(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  private void fourBytes(int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >> shift);
    }
  }
}
