package dev.sconce.image;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a JPEG defines between its frame and its scans: quantisation tables, Huffman tables and the
 * restart interval (ITU-T T.81, annex B). Owned by one reading.
 */
final class JpegTables {
  private static final int SLOTS = 4;

  private final EncodedPicture picture;
  private final int[] @Nullable [] quantisation = new int[SLOTS][];
  private final @Nullable JpegHuffman[] dc = new JpegHuffman[SLOTS];
  private final @Nullable JpegHuffman[] ac = new JpegHuffman[SLOTS];
  private int restartInterval;

  /** No tables yet. */
  JpegTables(EncodedPicture picture) {
    this.picture = picture;
  }

  /** Defines the tables that Motion JPEG leaves out, where there are none, as in jstdhuff.c. */
  void addStandard() {
    dc[0] = dc[0] == null ? JpegStandardTables.LUMINANCE_DC : dc[0];
    ac[0] = ac[0] == null ? JpegStandardTables.LUMINANCE_AC : ac[0];
    dc[1] = dc[1] == null ? JpegStandardTables.CHROMINANCE_DC : dc[1];
    ac[1] = ac[1] == null ? JpegStandardTables.CHROMINANCE_AC : ac[1];
  }

  /** MCUs between two restart markers, 0 for no restarts. */
  int restartInterval() {
    return restartInterval;
  }

  /** 64 steps in zigzag order. */
  int[] quantisation(int index) {
    int[] table = index < SLOTS ? quantisation[index] : null;
    if (table == null) {
      throw picture.fault("quantisation table " + index + " missing");
    }
    return table;
  }

  JpegHuffman dc(int index) {
    JpegHuffman table = index < SLOTS ? dc[index] : null;
    if (table == null || !table.isSound() || !table.fitsDc()) {
      throw picture.fault("Huffman table " + index + " for DC missing or unfit");
    }
    return table;
  }

  JpegHuffman ac(int index) {
    JpegHuffman table = index < SLOTS ? ac[index] : null;
    if (table == null || !table.isSound()) {
      throw picture.fault("Huffman table " + index + " for AC missing or unfit");
    }
    return table;
  }

  void readRestartInterval(int start, int end) {
    if (end != start + 2) {
      throw picture.fault("restart interval in " + (end - start) + " bytes (expected: 2)");
    }
    restartInterval = picture.u16be(start);
  }

  void readQuantisation(int start, int end) {
    int at = start;
    while (at < end) {
      int header = picture.u8(at);
      int bytes = header >> 4 == 0 ? 1 : 2;
      int index = header & 15;
      int first = at + 1;
      at = first + 64 * bytes;
      if (index >= SLOTS || at > end) {
        throw picture.fault("quantisation table " + index + " cut short or out of range");
      }
      int[] table = new int[64];
      for (int k = 0; k < 64; k++) {
        table[k] = bytes == 1 ? picture.u8(first + k) : picture.u16be(first + 2 * k);
      }
      quantisation[index] = table;
    }
  }

  void readHuffman(int start, int end) {
    int at = start;
    while (at + 17 <= end) {
      int header = picture.u8(at);
      int[] counts = read(at + 1, 16);
      int total = IntStream.of(counts).sum();
      int index = header & 15;
      at += 17;
      if (index >= SLOTS || header > 0x1F || total > 256 || at + total > end) {
        throw picture.fault("Huffman table %02x cut short or out of range".formatted(header));
      }
      (header < 0x10 ? dc : ac)[index] = new JpegHuffman(counts, read(at, total));
      at += total;
    }
    if (at != end) {
      throw picture.fault("Huffman tables with " + (end - at) + " bytes left over");
    }
  }

  private int[] read(int at, int count) {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = picture.u8(at + i);
    }
    return values;
  }
}
