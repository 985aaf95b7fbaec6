package dev.sconce.npy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Brings a file's elements into the one order that the rest of the server knows. */
final class RowMajor {
  private RowMajor() {}

  /** The elements, row-major and little-endian; {@code data} itself if it has them so. */
  static ByteBuffer of(NpyHeader header, ByteBuffer data) {
    boolean swapped = header.order() == ByteOrder.BIG_ENDIAN && header.elementBytes() > 1;
    boolean turned = header.columnsFirst() && header.shape().size() > 1;
    if (!swapped && !turned) {
      return data.order(ByteOrder.LITTLE_ENDIAN);
    }
    int each = header.elementBytes();
    ByteBuffer ordered = ByteBuffer.allocate(data.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    Places places = new Places(header.shape(), turned);
    while (ordered.hasRemaining()) {
      int from = places.next() * each;
      for (int i = 0; i < each; i++) {
        ordered.put(data.get(swapped ? from + each - 1 - i : from + i));
      }
    }
    return ordered.flip();
  }

  /** Where each element stands in the file, in row-major order. */
  private static final class Places {
    private final int[] at;
    private final int[] sizes;
    private final int[] steps;
    private int place;

    Places(List<Long> shape, boolean turned) {
      this.sizes = shape.stream().mapToInt(Long::intValue).toArray();
      this.at = new int[sizes.length];
      this.steps = new int[sizes.length];
      int step = 1;
      for (int i = 0; i < sizes.length; i++) {
        int dimension = turned ? i : sizes.length - 1 - i;
        steps[dimension] = step;
        step *= sizes[dimension];
      }
    }

    int next() {
      int found = place;
      for (int d = sizes.length - 1; d >= 0; d--) {
        place += steps[d];
        if (++at[d] < sizes[d]) {
          break;
        }
        place -= steps[d] * sizes[d];
        at[d] = 0;
      }
      return found;
    }
  }
}
