package dev.sconce.image;

/**
 * Decodes the first picture of a TIFF or BigTIFF (TIFF 6.0) as Pillow's TiffImagePlugin and libtiff
 * do: alpha is dropped, 16 bits become the upper 8 (of greys, everything above 255 becomes white),
 * ICC profiles are ignored, and, unlike in other formats, the orientation is applied. One object
 * reads one picture, on one thread.
 */
final class TiffReader {
  private static final int ORIENTATION = 274;

  private final EncodedPicture picture;
  private final TiffDirectory directory;
  private final TiffLayout layout;

  private TiffReader(EncodedPicture picture) {
    this.picture = picture;
    this.directory = new TiffDirectory(picture);
    this.layout = new TiffLayout(picture, directory);
  }

  /** The picture's pixels. */
  static RgbImage read(EncodedPicture picture) {
    TiffReader reader = new TiffReader(picture);
    byte[] rgb =
        reader.layout.compression() == TiffLayout.JPEG
            ? new TiffJpeg(picture, reader.directory, reader.layout).decode()
            : reader.decode();
    RgbImage stored = new RgbImage(reader.layout.width(), reader.layout.height(), rgb);
    return Orientation.apply(stored, (int) reader.directory.value(ORIENTATION, 1));
  }

  private byte[] decode() {
    TiffColour colour = TiffColour.of(picture, directory, layout);
    TiffSamples samples = new TiffSamples(directory, layout, colour);
    TiffSegments segments = new TiffSegments(picture, layout, directory.bigEndian());
    int planes = layout.isPlanar() ? colour.kind().channels() : 1;
    int segment = 0;
    for (int plane = 0; plane < planes; plane++) {
      for (int down = 0; down < layout.segmentsDown(); down++) {
        int top = down * layout.segmentHeight();
        int rows = Math.min(layout.segmentHeight(), layout.height() - top);
        for (int across = 0; across < layout.segmentsAcross(); across++) {
          byte[] data = segments.read(segment++, layout.storedRows(rows));
          samples.put(data, across * layout.segmentWidth(), top, rows, plane);
        }
      }
    }
    return samples.toRgb();
  }
}
