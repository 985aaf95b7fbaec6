package dev.sconce.image;

import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Decodes PNGs of every colour type and depth (ISO/IEC 15948) as Pillow's {@code convert("RGB")}
 * does: alpha and transparency are dropped, gamma, ICC profiles and the like are ignored, 16-bit
 * colour loses its low bytes, 16-bit grey above 255 becomes white. Of an animation, the first
 * frame.
 *
 * <p>Written here rather than taken from {@code javax.imageio}, whose reader makes room for chunks
 * of whatever length a file claims. As in Pillow's PngImagePlugin, checksums count up to the image
 * data and not in or behind it. One object reads one picture, on one thread.
 */
final class PngReader {
  private static final Set<String> IMAGE_DATA = Set.of("IDAT", "DDAT");

  private static final Set<String> END_OF_FRAME = Set.of("IEND", "fcTL");

  private final EncodedPicture picture;
  private @Nullable PngHeader header;
  private Palette palette = new Palette(new byte[3 * Palette.SIZE]);
  private int left;
  private int top;
  private int width;
  private int height;

  private PngReader(EncodedPicture picture) {
    this.picture = picture;
  }

  /** The picture's pixels. */
  static RgbImage read(EncodedPicture picture) {
    return new PngReader(picture).read();
  }

  private RgbImage read() {
    long at = 8;
    while (!IMAGE_DATA.contains(type(at))) {
      chunk(type(at), at + 8, picture.u32be(at));
      at += 12 + picture.u32be(at);
    }
    PngHeader known = header;
    if (known == null) {
      throw picture.fault("image data before the header");
    }
    PngPixels pixels = new PngPixels(known, palette, left, top);
    long behind = new PngRows(picture, known, at).decode(width, height, pixels);
    checkTail(behind);
    return new RgbImage(known.width(), known.height(), pixels.rgb());
  }

  private String type(long at) {
    String type = picture.ascii(at + 4, 4);
    if (!isType(type)) {
      throw picture.fault("no chunk at byte " + at);
    }
    return type;
  }

  private static boolean isType(String type) {
    return type.chars().allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || c == '_');
  }

  private void chunk(String type, long at, long length) {
    if (at + length + 4 > picture.length()) {
      throw picture.truncated();
    }
    CRC32 crc = new CRC32();
    crc.update(picture.bytes(), (int) at - 4, (int) length + 4);
    if (crc.getValue() != picture.u32be(at + length)) {
      throw picture.fault("wrong checksum of chunk " + type);
    }
    switch (type) {
      case "IHDR" -> readHeader(at, length);
      case "PLTE" -> readPalette((int) at, (int) length);
      case "fcTL" -> readFrame(at, length);
      case "IEND" -> throw picture.fault("no image data");
      default -> {} // colour management, text and other things that do not change the pixels
    }
  }

  private void readHeader(long at, long length) {
    PngHeader read = PngHeader.read(picture, at, length);
    header = read;
    width = read.width();
    height = read.height();
  }

  private void readPalette(int at, int length) {
    if (length > 3 * Palette.SIZE) {
      throw picture.fault("palette of " + length + " bytes (expected: at most 768)");
    }
    byte[] rgb = new byte[3 * Palette.SIZE];
    System.arraycopy(picture.bytes(), at, rgb, 0, length / 3 * 3);
    palette = new Palette(rgb);
  }

  /** An animation's first frame may cover a part of the picture; the rest stays black. */
  private void readFrame(long at, long length) {
    PngHeader known = header;
    if (length < 26 || known == null) {
      throw picture.fault(
          "frame control of " + length + " bytes (expected: 26, behind the header)");
    }
    long wide = picture.u32be(at + 4);
    long high = picture.u32be(at + 8);
    long x = picture.u32be(at + 12);
    long y = picture.u32be(at + 16);
    if (wide < 1 || high < 1 || x + wide > known.width() || y + high > known.height()) {
      throw picture.fault(
          "frame of %d x %d at %d, %d (expected: within the picture)".formatted(wide, high, x, y));
    }
    width = (int) wide;
    height = (int) high;
    left = (int) x;
    top = (int) y;
  }

  /** What follows the image may be missing or damaged, but a chunk that has begun must be whole. */
  private void checkTail(long lastImageChunk) {
    long at = lastImageChunk + 12 + picture.u32be(lastImageChunk);
    while (at + 8 <= picture.length()) {
      String type = picture.ascii(at + 4, 4);
      long end = at + 8 + picture.u32be(at);
      if (!isType(type) || END_OF_FRAME.contains(type)) {
        return;
      }
      if (end > picture.length()) {
        throw picture.truncated();
      }
      at = end + 4;
    }
  }
}
