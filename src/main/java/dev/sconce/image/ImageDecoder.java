package dev.sconce.image;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Decodes JPEG, PNG, GIF, BMP, WebP and TIFF to the very bytes of Pillow's {@code
 * Image.open(bytes).convert("RGB")}, Pillow 13.0.0 on x86-64.
 *
 * <p>So there is no colour management and no gamma, alpha is dropped and not composited, an
 * animation is its first frame, 16-bit greys are cut off at 255, and an EXIF orientation is not
 * applied (a TIFF's own orientation is). The format is found by content. Sizes are checked by the
 * header, before room is made for pixels, and truncated files are refused, as Pillow refuses them
 * by default.
 *
 * <p>Of what Pillow opens, refused here: other formats; in JPEG arithmetic and lossless coding; in
 * TIFF CCITT, LZMA, ZSTD and old JPEG compression, CIE L*a*b*, YCbCr that is not JPEG and 12 bits a
 * sample. A progressive JPEG whose scans leave coefficients unfinished is not smoothed; and of
 * damaged but accepted JPEGs, whose coefficients may exceed 16 bits, the damaged part can differ
 * (as it does for Pillow from one processor to another).
 *
 * <p>While it decodes, a picture takes at most about 20 bytes a pixel. Any number of threads may
 * use one decoder.
 */
public final class ImageDecoder {
  /** More pixels would not fit into one array of bytes in all stages. */
  public static final long MOST_PIXELS = 1L << 28;

  private final long maxPixels;

  /**
   * A decoder that refuses pictures of more pixels.
   *
   * @param maxPixels 1 to {@link #MOST_PIXELS}
   * @throws IllegalArgumentException if it is not
   */
  public ImageDecoder(long maxPixels) {
    if (maxPixels < 1 || maxPixels > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "maxPixels: " + maxPixels + " (expected: 1 to " + MOST_PIXELS + ")");
    }
    this.maxPixels = maxPixels;
  }

  /**
   * Decodes the bytes between the buffer's position and limit, which stay where they are.
   *
   * @throws ServingException with {@code BAD_REQUEST} if they are no such picture, if it is too
   *     large, damaged or truncated
   */
  public RgbImage decode(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    ImageFormat format = ImageFormat.of(copy).orElseThrow(() -> unknown(copy));
    EncodedPicture picture = new EncodedPicture(format.label(), copy, maxPixels);
    try {
      return format.read(picture);
    } catch (IndexOutOfBoundsException | NegativeArraySizeException | ArithmeticException e) {
      throw new ServingException(ErrorCode.BAD_REQUEST, format.label() + ": damaged", e);
    }
  }

  private static ServingException unknown(byte[] bytes) {
    String start = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(4, bytes.length));
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        "not a picture: %s (expected: JPEG, PNG, GIF, BMP, WebP or TIFF)"
            .formatted(bytes.length == 0 ? "empty" : "starts with " + start));
  }
}
