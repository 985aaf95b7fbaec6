package dev.sconce.image;

/**
 * Decodes WebPs: the RIFF container (Google's WebP Container Specification), and of an animation
 * the first frame on a black canvas, as Pillow's WebPImagePlugin has libwebp's WebPAnimDecoder do.
 * Alpha is dropped, and so is not even decoded. One object reads one picture, on one thread.
 */
final class WebpReader {
  private static final int FIRST_CHUNK = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int FRAME_HEADER = 16;
  private static final int ANIMATION = 2;

  private final EncodedPicture picture;
  private final long end;

  private WebpReader(EncodedPicture picture) {
    this.picture = picture;
    this.end = CHUNK_HEADER + picture.u32le(4);
    if (end > picture.length()) {
      throw picture.truncated();
    }
  }

  /** The picture's pixels. */
  static RgbImage read(EncodedPicture picture) {
    return new WebpReader(picture).read();
  }

  private RgbImage read() {
    if (!picture.matches(FIRST_CHUNK, "VP8X")) {
      return image(FIRST_CHUNK);
    }
    int canvasWidth = 1 + u24(24);
    int canvasHeight = 1 + u24(27);
    picture.checkSize(canvasWidth, canvasHeight);
    if ((picture.u8(20) & ANIMATION) != 0) {
      return frame(find(FIRST_CHUNK, end, "ANMF", "ANMF"), canvasWidth, canvasHeight);
    }
    RgbImage image = image(find(FIRST_CHUNK, end, "VP8 ", "VP8L"));
    checkSize(image, canvasWidth, canvasHeight);
    return image;
  }

  private int u24(long at) {
    return picture.u16le(at) | picture.u8(at + 2) << 16;
  }

  /** Where the chunk behind a chunk begins; chunks begin at even places. */
  private long next(long chunk) {
    long size = picture.u32le(chunk + 4);
    return chunk + CHUNK_HEADER + size + size % 2;
  }

  /** The first chunk of one of two types; all chunks up to {@code limit} must be whole. */
  private long find(long from, long limit, String type, String otherType) {
    long found = limit;
    for (long at = from; at < limit; at = next(at)) {
      if (at + CHUNK_HEADER > limit || next(at) > limit) {
        throw picture.truncated();
      }
      if (found == limit && (picture.matches(at, type) || picture.matches(at, otherType))) {
        found = at;
      }
    }
    if (found == limit) {
      throw picture.fault("no image");
    }
    return found;
  }

  private RgbImage frame(long chunk, int canvasWidth, int canvasHeight) {
    long at = chunk + CHUNK_HEADER;
    int left = 2 * u24(at);
    int top = 2 * u24(at + 3);
    RgbImage image = image(find(at + FRAME_HEADER, next(chunk), "VP8 ", "VP8L"));
    checkSize(image, 1 + u24(at + 6), 1 + u24(at + 9));
    int width = image.width();
    if (left + width > canvasWidth || top + image.height() > canvasHeight) {
      throw picture.fault(
          "frame of %d x %d at %d, %d (expected: within %d x %d)"
              .formatted(width, image.height(), left, top, canvasWidth, canvasHeight));
    }
    byte[] rgb = new byte[3 * canvasWidth * canvasHeight];
    for (int y = 0; y < image.height(); y++) {
      int to = 3 * ((top + y) * canvasWidth + left);
      System.arraycopy(image.pixels(), 3 * y * width, rgb, to, 3 * width);
    }
    return new RgbImage(canvasWidth, canvasHeight, rgb);
  }

  private RgbImage image(long chunk) {
    int start = (int) chunk + CHUNK_HEADER;
    long behind = next(chunk); // libwebp, too, takes a byte that fills up a chunk for its last
    if (behind > end) {
      throw picture.truncated();
    }
    if (picture.matches(chunk, "VP8L")) {
      return Vp8lReader.read(picture, start, (int) behind);
    }
    if (!picture.matches(chunk, "VP8 ")) {
      throw picture.fault(
          "chunk %s (expected: VP8, VP8L or VP8X)".formatted(picture.ascii(chunk, 4)));
    }
    return Vp8Reader.read(picture, start, (int) behind);
  }

  private void checkSize(RgbImage image, int width, int height) {
    if (image.width() != width || image.height() != height) {
      throw picture.fault(
          "image of %d x %d (expected: %d x %d)"
              .formatted(image.width(), image.height(), width, height));
    }
  }
}
