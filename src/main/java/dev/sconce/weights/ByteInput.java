package dev.sconce.weights;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Reads a piece of a file from front to back, little-endian, and reports where it ends too early.
 *
 * <p>Owned by the one thread that reads the file.
 */
final class ByteInput {
  private final Source source;
  private final String piece;
  private final ByteBuffer bytes;

  /** Reads {@code bytes}, which messages call {@code piece}. */
  ByteInput(Source source, String piece, ByteBuffer bytes) {
    this.source = source;
    this.piece = piece;
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  Source source() {
    return source;
  }

  /** How many bytes have been read. */
  int position() {
    return bytes.position();
  }

  int remaining() {
    return bytes.remaining();
  }

  int uint8() {
    require(1);
    return bytes.get() & 0xff;
  }

  int uint16() {
    require(2);
    return bytes.getShort() & 0xffff;
  }

  int int32() {
    require(4);
    return bytes.getInt();
  }

  long uint32() {
    return int32() & 0xffffffffL;
  }

  long int64() {
    require(8);
    return bytes.getLong();
  }

  /** An integer of {@code byteCount} bytes, the last of which has the sign; 0 of none. */
  BigInteger integer(int byteCount) {
    byte[] bigEndian = new byte[byteCount + 1];
    ByteBuffer littleEndian = bytes(byteCount);
    for (int i = 0; i < byteCount; i++) {
      bigEndian[byteCount - i] = littleEndian.get(i);
    }
    bigEndian[0] = (byte) (byteCount > 0 && bigEndian[1] < 0 ? -1 : 0);
    return new BigInteger(bigEndian);
  }

  /** A double with its most significant byte first. */
  double float64BigEndian() {
    return Double.longBitsToDouble(Long.reverseBytes(int64()));
  }

  void skip(long count) {
    ByteBuffer unused = bytes(count);
  }

  /** The next {@code count} bytes, a view; a negative count is an unsigned one too large. */
  ByteBuffer bytes(long count) {
    require(count);
    ByteBuffer slice = bytes.slice(bytes.position(), (int) count);
    bytes.position(bytes.position() + (int) count);
    return slice;
  }

  /** The next {@code count} bytes as UTF-8; what is malformed becomes U+FFFD. */
  String utf8(long count) {
    return text(count, StandardCharsets.UTF_8);
  }

  /** The next {@code count} bytes, each a character. */
  String latin1(long count) {
    return text(count, StandardCharsets.ISO_8859_1);
  }

  private String text(long count, Charset charset) {
    require(count);
    byte[] text = new byte[(int) count];
    bytes.get(text);
    return new String(text, charset);
  }

  /** The bytes up to the next newline, at most {@code longest}, as UTF-8. */
  String line(int longest) {
    for (int length = 0; length <= longest && length < bytes.remaining(); length++) {
      if (bytes.get(bytes.position() + length) == '\n') {
        String line = utf8(length);
        skip(1);
        return line;
      }
    }
    throw source.fault(
        piece + ": no end of line from byte " + position() + " (expected: within " + longest + ")");
  }

  private void require(long count) {
    if (count < 0 || count > bytes.remaining()) {
      throw source.fault(
          String.format(
              "%s: %d bytes left at byte %d (expected: %s; the file may be cut short)",
              piece, bytes.remaining(), position(), Long.toUnsignedString(count)));
    }
  }
}
