package dev.sconce.network;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * A tensor that a written module carries: its shape, its place in memory, and how to compute its
 * bytes when they are needed, so that no more than one is on the heap at a time. Equal only to
 * itself.
 */
final class Constant {
  /** The number formats written, with PyTorch's names for their storages. */
  enum Type {
    FLOAT32("FloatStorage", 4),
    BFLOAT16("BFloat16Storage", 2);

    final String storage;
    final int bytes;

    Type(String storage, int bytes) {
      this.storage = storage;
      this.bytes = bytes;
    }
  }

  private final long[] shape;
  private final long[] strides;
  private final Type type;
  private final Supplier<FloatBuffer> values;

  private Constant(long[] shape, long[] strides, Type type, Supplier<FloatBuffer> values) {
    this.shape = shape;
    this.strides = strides;
    this.type = type;
    this.values = values;
  }

  /**
   * A tensor in the usual order: the last dimension's neighbours are neighbours in memory.
   *
   * @param values gives them in an array that is not kept
   */
  static Constant rowMajor(Type type, Supplier<float[]> values, long... shape) {
    return view(type, () -> FloatBuffer.wrap(values.get()), shape);
  }

  /** A tensor in the usual order whose numbers need not be on the heap. */
  static Constant view(Type type, Supplier<FloatBuffer> values, long... shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return new Constant(shape, strides, type, values);
  }

  /**
   * A convolution's weight whose channels lie innermost (PyTorch's channels_last).
   *
   * @param values gives the weight in the usual order [out, in, height, width], in an array that is
   *     not kept and may be written to
   */
  static Constant channelsLast(Type type, Supplier<float[]> values, long... shape) {
    int in = (int) shape[1];
    int area = Math.toIntExact(shape[2] * shape[3]);
    long[] strides = {in * (long) area, 1, shape[3] * in, in};
    return new Constant(
        shape, strides, type, () -> FloatBuffer.wrap(channelsInnermost(values.get(), in, area)));
  }

  /** In place, block by block: a decoder's largest weight alone has 300 MB. */
  private static float[] channelsInnermost(float[] values, int channels, int area) {
    if (channels == 1 || area == 1) {
      return values;
    }
    float[] block = new float[channels * area];
    for (int start = 0; start < values.length; start += block.length) {
      System.arraycopy(values, start, block, 0, block.length);
      for (int channel = 0; channel < channels; channel++) {
        for (int at = 0; at < area; at++) {
          values[start + at * channels + channel] = block[channel * area + at];
        }
      }
    }
    return values;
  }

  /** The sizes of the dimensions; not to be written to. */
  long[] shape() {
    return shape;
  }

  /** The distance of neighbours in each dimension, in elements; not to be written to. */
  long[] strides() {
    return strides;
  }

  Type type() {
    return type;
  }

  /** How many numbers there are. */
  long elements() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** The elements, computed now. */
  Content content() {
    return new Content(type, values.get());
  }

  /**
   * The elements of a constant, in the order in which they lie in memory.
   *
   * @param type how they are written
   * @param numbers not changed, nor is its position
   */
  record Content(Type type, FloatBuffer numbers) {
    /** How many numbers are turned into bytes at a time. */
    private static final int PART = 1 << 14;

    /** How many bytes there are. */
    long size() {
      return (long) numbers.remaining() * type.bytes;
    }

    /** Writes the bytes, little-endian. */
    void writeTo(OutputStream out) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(PART * type.bytes).order(ByteOrder.LITTLE_ENDIAN);
      FloatBuffer rest = numbers.duplicate();
      while (rest.hasRemaining()) {
        bytes.clear();
        int count = Math.min(PART, rest.remaining());
        FloatBuffer part = rest.slice(rest.position(), count);
        rest.position(rest.position() + count);
        if (type == Type.FLOAT32) {
          bytes.asFloatBuffer().put(part); // all at once
        } else {
          while (part.hasRemaining()) {
            bytes.putShort(bfloat16(part.get()));
          }
        }
        out.write(bytes.array(), 0, count * type.bytes);
      }
    }
  }

  /**
   * The nearest bfloat16, ties to even, as PyTorch rounds ({@code c10/util/BFloat16.h}, {@code
   * round_to_nearest_even}).
   */
  private static short bfloat16(float number) {
    if (Float.isNaN(number)) {
      return 0x7fc0;
    }
    int bits = Float.floatToRawIntBits(number);
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
