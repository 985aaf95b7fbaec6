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
 * <p>Measured on the golden pictures of the tests, 0 bytes differ: in JPEG for every sampling that
 * libjpeg-turbo decodes (4:4:4, 4:2:2, 4:2:0, 4:4:0, 4:1:1, 4:1:0, thirds and mixtures), baseline
 * and progressive, grey, YCbCr, RGB, CMYK and YCCK, with an ICC profile or without, and in all the
 * other formats.
 *
 * <p>Of what Pillow opens, refused here: other formats; in JPEG arithmetic and lossless coding; in
 * TIFF CCITT, LZMA, ZSTD and old JPEG compression, CIE L*a*b*, YCbCr that is not JPEG and 12 bits a
 * sample. Opened here though not by Pillow: big-endian BigTIFF. A progressive JPEG whose scans
 * leave coefficients unfinished is not smoothed. Damaged files get Pillow's verdict, and its pixels
 * where it bridges the damage, with two exceptions: JPEGs whose damaged coefficients exceed 16 bits
 * can differ in the damaged part (as they do for Pillow from one processor to another), and so can
 * the verdict on a TIFF whose directory is damaged.
 *
 * <p>While it decodes, a picture takes at most about 20 bytes a pixel, and a TIFF besides the bytes
 * of its largest strip or tile. Any number of threads may use one decoder.
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
