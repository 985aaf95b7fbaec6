package dev.sconce.npy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An array of numbers out of a file, as {@code numpy.load} reads it without pickle: formats 1.0 to
 * 3.0, either byte order, rows or columns first. What stands behind the elements is passed over, as
 * NumPy does.
 *
 * @param type kind and size of an element: {@code b1} (a bool), {@code i1} to {@code i8}, {@code
 *     u1} to {@code u8}, {@code f2}, {@code f4} or {@code f8}
 * @param shape the sizes, the outermost first; none for a single number
 * @param elements the numbers, row-major and little-endian; a view of the file where that has them
 *     so, never to be written to
 */
public record NpyArray(String type, List<Long> shape, ByteBuffer elements) {
  static final int MAGIC_BYTES = 6;
  private static final int VERSION_BYTES = 2;
  private static final int NEWEST_VERSION = 3;

  /** As much as NumPy takes from a stranger. */
  private static final int MOST_HEADER_BYTES = 10_000;

  /** Copies the shape. */
  public NpyArray {
    shape = List.copyOf(shape);
  }

  static byte[] magic() {
    return new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  }

  /** Whether {@code file} begins as every such file does. */
  public static boolean begins(ByteBuffer file) {
    return file.remaining() >= MAGIC_BYTES
        && file.slice(file.position(), MAGIC_BYTES).equals(ByteBuffer.wrap(magic()));
  }

  /**
   * Reads a file. What its header says costs no memory before the bytes are there.
   *
   * @param file from its position to its limit; not moved
   * @throws IllegalArgumentException saying what is wrong and what was expected
   */
  public static NpyArray read(ByteBuffer file) {
    if (!begins(file)) {
      throw new IllegalArgumentException("no NPY file (expected: one, as numpy.save writes it)");
    }
    ByteBuffer rest = file.slice().order(ByteOrder.LITTLE_ENDIAN).position(MAGIC_BYTES);
    NpyHeader header = NpyHeader.of(headerText(rest));
    long bytes = header.dataBytes();
    if (bytes > rest.remaining()) {
      throw new IllegalArgumentException(
          "%s with %d bytes of data (expected: %d)".formatted(header, rest.remaining(), bytes));
    }
    ByteBuffer data = rest.slice(rest.position(), (int) bytes);
    return new NpyArray(header.type(), header.shape(), RowMajor.of(header, data));
  }

  private static String headerText(ByteBuffer rest) {
    if (rest.remaining() < VERSION_BYTES + Integer.BYTES) {
      throw cut();
    }
    int version = rest.get();
    int minor = rest.get();
    if (version < 1 || version > NEWEST_VERSION || minor != 0) {
      throw new IllegalArgumentException(
          "NPY format %d.%d (expected: 1.0, 2.0 or 3.0)".formatted(version, minor));
    }
    long length =
        version == 1
            ? Short.toUnsignedLong(rest.getShort())
            : Integer.toUnsignedLong(rest.getInt());
    if (length > MOST_HEADER_BYTES) {
      throw new IllegalArgumentException(
          "an NPY header of %d bytes (expected: <= %d)".formatted(length, MOST_HEADER_BYTES));
    }
    if (length > rest.remaining()) {
      throw cut();
    }
    byte[] text = new byte[(int) length];
    rest.get(text);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static IllegalArgumentException cut() {
    return new IllegalArgumentException("an NPY file that ends within its header");
  }
}
