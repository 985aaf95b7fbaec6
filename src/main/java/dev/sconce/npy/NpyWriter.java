package dev.sconce.npy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Writes arrays to the byte as {@code numpy.save} does, in format 1.0. */
public final class NpyWriter {
  /** What the file's data begins at a multiple of. */
  private static final int ALIGNMENT = 64;

  /** Digits that NumPy leaves room for, so that the first size can grow in place. */
  private static final int MOST_DIGITS = 21;

  private NpyWriter() {}

  /**
   * A whole file, its header as {@code write_array_header_1_0} of {@code numpy/lib/format.py} has
   * it.
   *
   * @param type of the elements as NumPy writes it: {@code <f8}, {@code |u1}
   * @param shape the sizes, the outermost first; none for a single number
   * @param dataBytes how many bytes the elements take
   * @param elements puts them, row-major; is given a little-endian buffer of just that size
   */
  public static byte[] bytes(
      String type, List<Long> shape, int dataBytes, Consumer<ByteBuffer> elements) {
    String sizes = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    StringBuilder header = new StringBuilder("{'descr': '").append(type);
    header.append("', 'fortran_order': False, 'shape': (").append(sizes);
    header.append(shape.size() == 1 ? ",), }" : "), }");
    if (!shape.isEmpty()) {
      header.append(" ".repeat(MOST_DIGITS - String.valueOf(shape.get(0)).length()));
    }
    int preamble = NpyArray.MAGIC_BYTES + 2 + Short.BYTES;
    int unpadded = preamble + header.length() + 1;
    header.append(" ".repeat(ALIGNMENT - unpadded % ALIGNMENT)).append('\n');
    ByteBuffer file = ByteBuffer.allocate(preamble + header.length() + dataBytes);
    file.order(ByteOrder.LITTLE_ENDIAN).put(NpyArray.magic()).put((byte) 1).put((byte) 0);
    file.putShort((short) header.length());
    file.put(header.toString().getBytes(StandardCharsets.US_ASCII));
    elements.accept(file.slice().order(ByteOrder.LITTLE_ENDIAN));
    return file.array();
  }
}
