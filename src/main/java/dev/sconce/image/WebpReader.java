package dev.sconce.image;

import org.jspecify.annotations.Nullable;

/**
 * Decodes WebPs: the RIFF container (Google's WebP Container Specification), and of an animation
 * the first frame on a black canvas, as Pillow's WebPImagePlugin has libwebp's WebPAnimDecoder do.
 * Alpha is dropped. What the container must keep to are the rules of libwebp's demux.c. One object
 * reads one picture, on one thread.
 */
final class WebpReader {
  private static final int FIRST_CHUNK = 12;
  private static final int EXTENDED_HEADER = 10;
  private static final int FRAME_HEADER = 16;
  private static final int ANIMATION = 2;

  /** Bits for ICC profile, alpha, EXIF, XMP and animation. */
  private static final int FEATURES = 0x3E;

  private static final long LARGEST_AREA = 1L << 32;

  private static final int ANIMATION_HEADER = 6;

  private final EncodedPicture picture;
  private final long end;
  private boolean isAnimated;
  private boolean hasAnimationHeader;
  private int canvasWidth;
  private int canvasHeight;
  private @Nullable WebpFrame first;

  /** Where the first frame lies on the canvas. */
  private int left;

  private int top;

  private WebpReader(EncodedPicture picture) {
    this.picture = picture;
    this.end = WebpFrame.CHUNK_HEADER + picture.u32le(4);
    if (end > picture.length()) {
      throw picture.truncated();
    }
  }

  /** The picture's pixels. */
  static RgbImage read(EncodedPicture picture) {
    WebpReader reader = new WebpReader(picture);
    if (picture.matches(FIRST_CHUNK, "VP8X")) {
      return reader.readExtended();
    }
    if (!WebpFrame.isImage(picture, FIRST_CHUNK)) {
      throw picture.fault(
          "chunk %s (expected: VP8, VP8L or VP8X)".formatted(picture.ascii(FIRST_CHUNK, 4)));
    }
    return WebpFrame.read(picture, FIRST_CHUNK, reader.end).decode(picture);
  }

  /** All chunks must be whole and in order, though only the first frame is decoded. */
  private RgbImage readExtended() {
    long at = readHeader();
    while (at < end) {
      long next = WebpFrame.next(picture, at, end);
      if (isOf(at, "ALPH") || WebpFrame.isImage(picture, at)) {
        next = still(at);
      } else if (isOf(at, "ANMF")) {
        next = animationFrame(at, next);
      } else {
        expect(!isOf(at, "VP8X"), at);
        hasAnimationHeader |= isAnimationHeader(at, next);
      }
      at = next;
    }
    if (first == null) {
      throw picture.fault("no image");
    }
    return onCanvas(first.decode(picture));
  }

  /** Reads the first chunk and answers where the second begins. */
  private long readHeader() {
    int features = picture.u8(FIRST_CHUNK + WebpFrame.CHUNK_HEADER);
    canvasWidth = 1 + u24(24);
    canvasHeight = 1 + u24(27);
    picture.checkSize(canvasWidth, canvasHeight);
    if (picture.u32le(16) < EXTENDED_HEADER || (features & ~FEATURES) != 0) {
      throw picture.fault("VP8X with features %02x".formatted(features));
    }
    isAnimated = (features & ANIMATION) != 0;
    return WebpFrame.next(picture, FIRST_CHUNK, end);
  }

  private int u24(long at) {
    return picture.u16le(at) | picture.u8(at + 2) << 16;
  }

  private boolean isOf(long chunk, String type) {
    return picture.matches(chunk, type);
  }

  private void expect(boolean isInOrder, long chunk) {
    if (!isInOrder) {
      throw picture.fault(
          "chunk %s at byte %d (expected: another)".formatted(picture.ascii(chunk, 4), chunk));
    }
  }

  private boolean isAnimationHeader(long chunk, long next) {
    boolean isIt = isOf(chunk, "ANIM");
    expect(!isIt || next - chunk - WebpFrame.CHUNK_HEADER >= ANIMATION_HEADER, chunk);
    return isIt;
  }

  private long still(long chunk) {
    expect(!isAnimated && !hasAnimationHeader && first == null, chunk);
    WebpFrame frame = WebpFrame.read(picture, chunk, end);
    if (frame.width() != canvasWidth || frame.height() != canvasHeight) {
      throw picture.fault(
          "image of %d x %d (expected: %d x %d)"
              .formatted(frame.width(), frame.height(), canvasWidth, canvasHeight));
    }
    first = frame;
    return frame.end();
  }

  /** Its own word on its size does not count; it is that of the image in it. */
  private long animationFrame(long chunk, long next) {
    expect(hasAnimationHeader, chunk);
    long at = chunk + WebpFrame.CHUNK_HEADER;
    int x = 2 * u24(at);
    int y = 2 * u24(at + 3);
    long area = (1L + u24(at + 6)) * (1 + u24(at + 9));
    WebpFrame frame = WebpFrame.read(picture, at + FRAME_HEADER, end);
    boolean isInside = x + frame.width() <= canvasWidth && y + frame.height() <= canvasHeight;
    if (isAnimated && !isInside) {
      throw picture.fault(
          "frame of %d x %d at %d, %d (expected: within %d x %d)"
              .formatted(frame.width(), frame.height(), x, y, canvasWidth, canvasHeight));
    }
    expect(area < LARGEST_AREA && frame.end() <= next, chunk);
    if (isAnimated && first == null) {
      first = frame;
      left = x;
      top = y;
    }
    return frame.end();
  }

  private RgbImage onCanvas(RgbImage image) {
    int width = image.width();
    if (width == canvasWidth && image.height() == canvasHeight) {
      return image;
    }
    byte[] rgb = new byte[3 * canvasWidth * canvasHeight];
    for (int y = 0; y < image.height(); y++) {
      int to = 3 * ((top + y) * canvasWidth + left);
      System.arraycopy(image.pixels(), 3 * y * width, rgb, to, 3 * width);
    }
    return new RgbImage(canvasWidth, canvasHeight, rgb);
  }
}
