package dev.sconce.image;

import java.util.Arrays;

/**
 * Decodes a VP8 key frame, which is WebP's lossy kind (RFC 6386), to the bytes that libwebp gives.
 * One object reads one frame, on one thread.
 */
final class Vp8Reader {
  private final EncodedPicture picture;
  private final Vp8Header header;
  private final Vp8Modes modes;
  private final Vp8Residuals residuals;
  private final Vp8Predictor predictor = new Vp8Predictor();
  private final Vp8Plane luma;
  private final Vp8Plane blue;
  private final Vp8Plane red;

  /**
   * For each macroblock its segment, plus 4 if it has subblock modes, plus 8 if it is filtered
   * inside.
   */
  private final byte[] filters;

  private Vp8Reader(EncodedPicture picture, int start, int end) {
    this.picture = picture;
    header = new Vp8Header(picture, start, end);
    modes = new Vp8Modes(header);
    residuals = new Vp8Residuals(header);
    int wide = header.macroblocksWide();
    int high = header.macroblocksHigh();
    luma = new Vp8Plane(16 * wide, 16 * high);
    blue = new Vp8Plane(8 * wide, 8 * high);
    red = new Vp8Plane(8 * wide, 8 * high);
    filters = new byte[wide * high];
  }

  /** The pixels of the frame in the bytes from {@code start} to {@code end}. */
  static RgbImage read(EncodedPicture picture, int start, int end) {
    Vp8Reader reader = new Vp8Reader(picture, start, end);
    reader.reconstruct();
    if (reader.header.segments().areFiltered()) {
      reader.filter();
    }
    return new Vp8Rows(
            reader.luma, reader.blue, reader.red, reader.header.width(), reader.header.height())
        .toRgb();
  }

  private void reconstruct() {
    Vp8Macroblock block = new Vp8Macroblock();
    for (int y = 0; y < header.macroblocksHigh(); y++) {
      Vp8Bits bits = header.partition(y);
      modes.startRow();
      residuals.startRow();
      for (int x = 0; x < header.macroblocksWide(); x++) {
        modes.read(block, x);
        boolean hasResiduals = readResiduals(bits, block, x);
        if (bits.isExhausted() || header.modes().isExhausted()) {
          throw picture.truncated();
        }
        reconstruct(block, x, y, hasResiduals);
        boolean inside = hasResiduals || block.hasSubblocks;
        filters[y * header.macroblocksWide() + x] =
            (byte) (block.segment | (block.hasSubblocks ? 4 : 0) | (inside ? 8 : 0));
      }
    }
  }

  private boolean readResiduals(Vp8Bits bits, Vp8Macroblock block, int x) {
    if (block.isEmpty) {
      residuals.skip(block, x);
      return false;
    }
    return residuals.read(bits, block, header.segments().steps(block.segment), x);
  }

  private void reconstruct(Vp8Macroblock block, int x, int y, boolean hasResiduals) {
    if (block.hasSubblocks) {
      subblocks(block, x, y, hasResiduals);
    } else {
      predictor.predict(luma, block.luma, 16 * x, 16 * y, 16);
    }
    predictor.predict(blue, block.chroma, 8 * x, 8 * y, 8);
    predictor.predict(red, block.chroma, 8 * x, 8 * y, 8);
    for (int i = block.hasSubblocks ? 16 : 0; hasResiduals && i < Vp8Residuals.BLOCKS; i++) {
      Vp8Plane plane = i < 16 ? luma : i < 20 ? blue : red;
      int across = i < 16 ? 4 : 2;
      int left = 4 * (across * x + i % across);
      int top = 4 * (across * y + i / across % across);
      add(plane, i, plane.at(left, top));
    }
  }

  private void add(Vp8Plane plane, int block, int at) {
    Vp8Transform.add(residuals.coefficients(), 16 * block, plane.samples(), at, plane.stride());
  }

  /** Each subblock is predicted from those before it, residuals included. */
  private void subblocks(Vp8Macroblock block, int x, int y, boolean hasResiduals) {
    int origin = luma.at(16 * x, 16 * y);
    int corner = aboveRight(x, y);
    for (int i = 0; i < 16; i++) {
      int at = origin + i / 4 * 4 * luma.stride() + i % 4 * 4;
      int aboveRight = i % 4 == 3 ? corner : at - luma.stride() + 4;
      predictor.predictSubblock(luma, block.subblocks[i], at, aboveRight);
      if (hasResiduals) {
        add(luma, i, at);
      }
    }
  }

  /**
   * What is above and to the right of a macroblock; beyond the picture, its last sample repeated.
   */
  private int aboveRight(int x, int y) {
    int at = luma.at(16 * x + 16, 16 * y - 1);
    if (y > 0 && x == header.macroblocksWide() - 1) {
      Arrays.fill(luma.samples(), at, at + 4, luma.samples()[at - 1]);
    }
    return at;
  }

  private void filter() {
    Vp8Segments segments = header.segments();
    for (int i = 0; i < filters.length; i++) {
      int x = i % header.macroblocksWide();
      int y = i / header.macroblocksWide();
      Vp8Strength strength = segments.strength(filters[i] & 3, (filters[i] & 4) != 0);
      if (strength.limit() > 0) {
        Vp8LoopFilter filter = new Vp8LoopFilter(strength, segments.simpleFilter());
        boolean inside = (filters[i] & 8) != 0;
        filter.filter(luma, 16 * x, 16 * y, 16, inside);
        if (!segments.simpleFilter()) {
          filter.filter(blue, 8 * x, 8 * y, 8, inside);
          filter.filter(red, 8 * x, 8 * y, 8, inside);
        }
      }
    }
  }
}
