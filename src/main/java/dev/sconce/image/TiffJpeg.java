package dev.sconce.image;

import java.util.Arrays;

/**
 * The JPEG segments of a TIFF (Adobe Photoshop TIFF Technical Notes, "Specification of Revised JPEG
 * Compression"), each a JPEG of its own but for the tables, which all share. Owned by one reading.
 */
final class TiffJpeg {
  private static final int TABLES = 347;

  private final EncodedPicture picture;
  private final TiffLayout layout;
  private final byte[] tables;
  private final JpegColour colour;

  TiffJpeg(EncodedPicture picture, TiffDirectory directory, TiffLayout layout) {
    this.picture = picture;
    this.layout = layout;
    this.tables = tables(directory.values(TABLES));
    this.colour = colour(directory);
  }

  /** The tables' segments, without SOI and EOI around them. */
  private static byte[] tables(long[] values) {
    byte[] tables = new byte[Math.max(0, values.length - 4)];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = (byte) values[i + 2];
    }
    return tables;
  }

  /** libtiff has libjpeg convert YCbCr and leaves other samples as they are. */
  private JpegColour colour(TiffDirectory directory) {
    int photometric = (int) directory.value(TiffColour.PHOTOMETRIC, TiffColour.WHITE_IS_ZERO);
    if (layout.isPlanar()) {
      throw picture.fault("JPEG compression of separate planes");
    }
    return switch (photometric) {
      case TiffColour.BLACK_IS_ZERO -> JpegColour.GREY;
      case TiffColour.RGB -> JpegColour.RGB;
      case TiffColour.YCBCR -> layout.samples() == 1 ? JpegColour.GREY : JpegColour.YCC;
      case TiffColour.CMYK -> JpegColour.PLAIN_CMYK;
      default ->
          throw picture.fault("JPEG compression with photometric interpretation " + photometric);
    };
  }

  /** RGB bytes of the whole picture. */
  byte[] decode() {
    byte[] rgb = new byte[3 * layout.width() * layout.height()];
    int across = layout.segmentsAcross();
    for (int segment = 0; segment < across * layout.segmentsDown(); segment++) {
      put(
          segment,
          rgb,
          segment % across * layout.segmentWidth(),
          segment / across * layout.segmentHeight());
    }
    return rgb;
  }

  private void put(int segment, byte[] rgb, int left, int top) {
    int columns = Math.min(layout.segmentWidth(), layout.width() - left);
    int rows = Math.min(layout.segmentHeight(), layout.height() - top);
    RgbImage part = JpegReader.read(jpeg(segment), colour);
    if (part.width() < columns || part.height() < rows) {
      throw picture.fault("JPEG strip or tile of " + part.width() + " x " + part.height());
    }
    for (int y = 0; y < rows; y++) {
      int to = 3 * ((top + y) * layout.width() + left);
      System.arraycopy(part.pixels(), 3 * y * part.width(), rgb, to, 3 * columns);
    }
  }

  private EncodedPicture jpeg(int segment) {
    int length = layout.length(segment);
    if (length < 2) {
      throw picture.truncated();
    }
    int from = (int) layout.offset(segment);
    byte[] jpeg = Arrays.copyOf(new byte[] {(byte) 0xFF, (byte) 0xD8}, tables.length + length);
    System.arraycopy(tables, 0, jpeg, 2, tables.length);
    System.arraycopy(picture.bytes(), from + 2, jpeg, 2 + tables.length, length - 2);
    return picture.part(jpeg, (long) layout.segmentWidth() * layout.segmentHeight());
  }
}
