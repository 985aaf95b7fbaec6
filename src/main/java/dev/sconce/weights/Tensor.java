package dev.sconce.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A tensor as its file holds it: element type, shape and values. What it is called is known to the
 * {@link StateDict} alone.
 *
 * <p>Values come in row-major order, however the file lays them out (transposed, channels-last,
 * expanded). They are read from the memory-mapped file when they are asked for; nothing is kept.
 *
 * <p>Immutable and safe for use by several threads. The file must not be cut short meanwhile.
 */
public final class Tensor {
  private final DType dtype;
  private final Shape shape;
  private final List<Long> strides;

  /** From the first element to the last, in the file's byte order. */
  private final ByteBuffer data;

  /**
   * A tensor whose first element is at byte 0 of {@code data}. The caller has checked that all
   * others are inside, and that they come to {@link Limits#ARRAY} bytes at most, each counted as
   * often as the shape repeats it.
   *
   * @param strides in elements, one for each dimension
   */
  Tensor(DType dtype, Shape shape, List<Long> strides, ByteBuffer data) {
    this.dtype = dtype;
    this.shape = shape;
    this.strides = List.copyOf(strides);
    this.data = data;
  }

  /** A tensor that lies in {@code data} in row-major order without gaps. */
  static Tensor contiguous(DType dtype, Shape shape, ByteBuffer data) {
    Long[] strides = new Long[shape.rank()];
    long stride = 1;
    for (int d = strides.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= shape.size(d);
    }
    return new Tensor(dtype, shape, List.of(strides), data);
  }

  /** The type of the elements in the file. */
  public DType dtype() {
    return dtype;
  }

  /** The size in each dimension. */
  public Shape shape() {
    return shape;
  }

  /** How far apart the file holds neighbours along each dimension, in elements; 0 if expanded. */
  public List<Long> strides() {
    return strides;
  }

  /** How many elements there are. */
  public int elementCount() {
    return (int) shape.elementCount();
  }

  /** True if the file holds the values in row-major order without gaps. */
  public boolean isContiguous() {
    long expected = 1;
    for (int d = shape.rank() - 1; d >= 0; d--) {
      if (shape.size(d) != 1) {
        if (strides.get(d) != expected) {
          return elementCount() == 0;
        }
        expected *= shape.size(d);
      }
    }
    return true;
  }

  /**
   * The values as float32, row-major, in a new array. 16-bit and 8-bit floats are exact; float64
   * and integers are rounded to nearest as by Java's casts; booleans become 0 and 1.
   */
  public float[] toFloats() {
    float[] values = new float[elementCount()];
    if (dtype == DType.FLOAT32 && isContiguous()) {
      data.duplicate().order(data.order()).asFloatBuffer().get(values);
      return values;
    }
    Positions positions = new Positions();
    for (int i = 0; i < values.length; i++) {
      values[i] = dtype.floatAt(data, positions.next());
    }
    return values;
  }

  /**
   * The values as float32, row-major, read-only: a view of the mapped file if it holds float32 in
   * that order, else the copy that {@link #toFloats} makes.
   */
  public FloatBuffer floats() {
    return dtype == DType.FLOAT32 && isContiguous()
        ? data.duplicate().order(data.order()).asFloatBuffer()
        : FloatBuffer.wrap(toFloats()).asReadOnlyBuffer();
  }

  /**
   * The values as integers, row-major, in a new array. Fractions are cut off; uint64 from 2^63 on
   * is negative; booleans become 0 and 1.
   */
  public long[] toLongs() {
    long[] values = new long[elementCount()];
    Positions positions = new Positions();
    for (int i = 0; i < values.length; i++) {
      values[i] = dtype.longAt(data, positions.next());
    }
    return values;
  }

  /**
   * The values in their own type, row-major and little-endian, read-only: a view of the mapped file
   * if it holds them so, else a copy.
   */
  public ByteBuffer bytes() {
    boolean asStored = dtype.byteSize() == 1 || data.order() == ByteOrder.LITTLE_ENDIAN;
    ByteBuffer bytes = asStored && isContiguous() ? data.duplicate() : copy();
    return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer copy() {
    int byteCount = Math.multiplyExact(elementCount(), dtype.byteSize());
    ByteBuffer copy = ByteBuffer.allocate(byteCount).order(ByteOrder.LITTLE_ENDIAN);
    Positions positions = new Positions();
    while (copy.hasRemaining()) {
      int position = positions.next();
      switch (dtype.byteSize()) {
        case 8 -> copy.putLong(data.getLong(position));
        case 4 -> copy.putInt(data.getInt(position));
        case 2 -> copy.putShort(data.getShort(position));
        default -> copy.put(data.get(position));
      }
    }
    return copy.flip();
  }

  /** The bytes at which the elements begin, in row-major order. */
  private final class Positions {
    private final int[] sizes;
    private final int[] byteStrides;
    private final int[] index;
    private int position;

    /** A contiguous tensor is walked as one long row, which spares the steps between rows. */
    Positions() {
      boolean oneRow = isContiguous();
      int rank = oneRow ? 1 : shape.rank();
      sizes = new int[rank];
      byteStrides = new int[rank];
      index = new int[rank];
      for (int d = 0; d < rank; d++) {
        sizes[d] = oneRow ? elementCount() : (int) shape.size(d);
        byteStrides[d] = (oneRow ? 1 : strides.get(d).intValue()) * dtype.byteSize();
      }
    }

    int next() {
      int current = position;
      for (int d = sizes.length - 1; d >= 0; d--) {
        if (++index[d] < sizes[d]) {
          position += byteStrides[d];
          break;
        }
        position -= (sizes[d] - 1) * byteStrides[d];
        index[d] = 0;
      }
      return current;
    }
  }
}
