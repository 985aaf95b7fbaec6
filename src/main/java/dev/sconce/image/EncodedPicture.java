package dev.sconce.image;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of one encoded picture, read with checks: no read leaves the array, and whatever is
 * wrong becomes a {@code BAD_REQUEST} that names the format.
 */
final class EncodedPicture {
  /** What most formats can say; long thin pictures would cost more than their pixels. */
  private static final int LONGEST_SIDE = 65_535;

  private final String format;
  private final byte[] bytes;
  private final long maxPixels;

  EncodedPicture(String format, byte[] bytes, long maxPixels) {
    this.format = format;
    this.bytes = bytes;
    this.maxPixels = maxPixels;
  }

  /** Other bytes that are a part of this picture, of at most so many pixels. */
  EncodedPicture part(byte[] partBytes, long maxPartPixels) {
    return new EncodedPicture(format, partBytes, Math.min(maxPixels, maxPartPixels));
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return bytes.length;
  }

  int u8(long at) {
    if (at < 0 || at >= bytes.length) {
      throw truncated();
    }
    return bytes[(int) at] & 0xFF;
  }

  int u16be(long at) {
    return u8(at) << 8 | u8(at + 1);
  }

  int u16le(long at) {
    return u8(at) | u8(at + 1) << 8;
  }

  /** Unsigned, hence a long. */
  long u32be(long at) {
    return (long) u16be(at) << 16 | u16be(at + 2);
  }

  /** Unsigned, hence a long. */
  long u32le(long at) {
    return u16le(at) | (long) u16le(at + 2) << 16;
  }

  /** That many characters, one to a byte. */
  String ascii(long at, int length) {
    if (at < 0 || at + length > bytes.length) {
      throw truncated();
    }
    return new String(bytes, (int) at, length, StandardCharsets.ISO_8859_1);
  }

  /** Whether these ASCII characters stand there. */
  boolean matches(long at, String ascii) {
    if (at + ascii.length() > bytes.length) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (u8(at + i) != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Refuses a picture without pixels, and one with more pixels than allowed, by its header. */
  void checkSize(long width, long height) {
    if (width <= 0 || height <= 0) {
      throw fault(width + " x " + height + " pixels (expected: at least 1 x 1)");
    }
    if (Math.max(width, height) > LONGEST_SIDE || width * height > maxPixels) {
      throw bad(
          "picture: %d x %d %s (expected: at most %d pixels, %d a side)"
              .formatted(width, height, format, maxPixels, LONGEST_SIDE));
    }
  }

  /** The picture ends before it is complete. */
  ServingException truncated() {
    return fault("truncated after " + bytes.length + " bytes");
  }

  /** Something else is wrong with it; the format's name is put before the message. */
  ServingException fault(String message) {
    return bad(format + ": " + message);
  }

  private static ServingException bad(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }
}
