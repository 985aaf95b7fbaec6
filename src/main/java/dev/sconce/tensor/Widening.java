package dev.sconce.tensor;

import java.nio.ByteBuffer;

/** Brings elements of types that DJL does not have into those that stand for them. */
final class Widening {
  private Widening() {}

  /**
   * The elements as {@link Datatype#seen} has them; {@code elements} itself where that is their own
   * type.
   *
   * @param elements of {@code type}, little-endian
   * @throws IllegalArgumentException if one of them does not fit
   */
  static ByteBuffer of(Datatype type, ByteBuffer elements) {
    return switch (type) {
      case INT16, UINT16 -> shorts(type == Datatype.INT16, elements);
      case UINT32 -> unsignedInts(elements);
      case UINT64 -> checked(elements);
      case BOOL -> flags(elements);
      default -> elements;
    };
  }

  private static ByteBuffer shorts(boolean signed, ByteBuffer elements) {
    int count = elements.remaining() / Short.BYTES;
    ByteBuffer wide = NumberTensor.allocate(Math.multiplyExact(count, Integer.BYTES));
    while (elements.hasRemaining()) {
      short element = elements.getShort();
      wide.putInt(signed ? element : Short.toUnsignedInt(element));
    }
    return wide.flip();
  }

  private static ByteBuffer unsignedInts(ByteBuffer elements) {
    int count = elements.remaining() / Integer.BYTES;
    ByteBuffer wide = NumberTensor.allocate(Math.multiplyExact(count, Long.BYTES));
    while (elements.hasRemaining()) {
      wide.putLong(Integer.toUnsignedLong(elements.getInt()));
    }
    return wide.flip();
  }

  private static ByteBuffer checked(ByteBuffer elements) {
    for (int at = elements.position(); at < elements.limit(); at += Long.BYTES) {
      if (elements.getLong(at) < 0) {
        throw new IllegalArgumentException(
            "element %d is %s (expected: %s)"
                .formatted(
                    at / Long.BYTES,
                    Long.toUnsignedString(elements.getLong(at)),
                    Datatype.UINT64.range()));
      }
    }
    return elements;
  }

  /** A byte other than 0 and 1 is true, too, and nothing that libtorch may meet. */
  private static ByteBuffer flags(ByteBuffer elements) {
    ByteBuffer flags = NumberTensor.allocate(elements.remaining());
    while (elements.hasRemaining()) {
      flags.put((byte) (elements.get() == 0 ? 0 : 1));
    }
    return flags.flip();
  }
}
