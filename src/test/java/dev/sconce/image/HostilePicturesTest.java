package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no pictures, or ones that would cost more than they are worth. */
class HostilePicturesTest {
  private static final long MEBIBYTE = 1 << 20;

  @Test
  void emptyBytesAreNoPicture() {
    refusedAs("not a picture: empty (expected: JPEG, PNG, GIF, BMP, WebP or TIFF)", new byte[0]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<!DOCTYPE html><html>", "{\"data\": 1}", "x", "RIFF1234WAVEfmt ", "GIF88a"})
  void otherBytesAreNoPictureAndTheMessageShowsTheirStart(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    String start =
        HexFormat.ofDelimiter(" ").formatHex(Arrays.copyOf(bytes, Math.min(4, bytes.length)));

    refusedAs("not a picture: starts with " + start + " (expected: JPEG", bytes);
  }

  /** The place and form of the sizes: width and height, each of so many bytes. */
  @ParameterizedTest
  @CsvSource({
    "JPEG, jpeg/quality30-444.jpg, frame",
    "PNG, png/rgb8.png, chunk",
    "GIF, gif/bits8.gif, screen",
    "BMP, bmp/rgb24.bmp, bmp",
    "BMP, bmp/rle8.bmp, bmp",
    "TIFF, tiff/lzw-strips-le.tif, tiff",
    "TIFF, tiff/jpeg-RGB-75.tif, tiff",
    "WebP, webp/icc.webp, canvas",
  })
  void hugePicturesAreRefusedByTheirHeaderBeforeRoomIsMade(String label, String path, String form) {
    byte[] huge = resized(GoldenPictures.bytes(path), form, 40_000);
    String expected =
        "picture: 40000 x 40000 %s (expected: at most %d pixels, 65535 a side)"
            .formatted(label, ImageDecoder.MOST_PIXELS);

    long allocated = allocatedBy(() -> refusedAs(expected, huge));

    assertThat(allocated).isLessThan(16 * MEBIBYTE);
  }

  @ParameterizedTest
  @CsvSource({
    "jpeg/quality30-444.jpg, frame",
    "png/rgb8.png, chunk",
    "bmp/rgb24.bmp, bmp",
    "tiff/lzw-strips-le.tif, tiff"
  })
  void picturesWithoutPixelsAreRefused(String path, String form) {
    refusedAs(
        "0 x 0 pixels (expected: at least 1 x 1)", resized(GoldenPictures.bytes(path), form, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"webp/lossy-16x16.webp", "webp/lossless-16x16.webp"})
  void webpImagesWithoutAContainerAreMeasuredToo(String path) {
    ImageDecoder small = new ImageDecoder(255);

    assertThatThrownBy(() -> small.decode(ByteBuffer.wrap(GoldenPictures.bytes(path))))
        .hasMessage("picture: 16 x 16 WebP (expected: at most 255 pixels, 65535 a side)");
    assertThat(new ImageDecoder(256).decode(ByteBuffer.wrap(GoldenPictures.bytes(path))).width())
        .isEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, ImageDecoder.MOST_PIXELS + 1})
  void limitsOutOfRangeAreRefused(long maxPixels) {
    assertThatThrownBy(() -> new ImageDecoder(maxPixels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxPixels: " + maxPixels + " (expected: 1 to 268435456)");
  }

  @Test
  void aPngThatInflatesToMoreThanItsRowsIsReadNoFurther() {
    byte[] zeros = deflated(60 * (int) MEBIBYTE);
    byte[] bomb = png(1, 1, chunk("IDAT", zeros));

    long allocated =
        allocatedBy(
            () -> assertThat(GoldenPictures.decode(bomb).pixels()).containsExactly(0, 0, 0));

    assertThat(allocated).isLessThan(16 * MEBIBYTE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zTXt", "iCCP", "iTXt", "eXIf"})
  void compressedTextAndProfilesOfAPngAreNotInflated(String type) {
    byte[] name = "a\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
    byte[] bomb =
        png(
            1,
            1,
            chunk(type, join(name, deflated(60 * (int) MEBIBYTE))),
            chunk("IDAT", deflated(4)));

    long allocated = allocatedBy(() -> GoldenPictures.decode(bomb));

    assertThat(allocated).isLessThan(16 * MEBIBYTE);
  }

  @Test
  void aPngChunkThatClaimsTwoGibibytesIsTruncated() {
    byte[] claim = png(1, 1, HexFormat.of().parseHex("7fffffff74455874"));

    long allocated = allocatedBy(() -> refusedAs("PNG: truncated after", claim));

    assertThat(allocated).isLessThan(16 * MEBIBYTE);
  }

  @Test
  void aJpegOfTenThousandScansIsRefusedAtTheFirstTooMany() {
    byte[] jpeg = GoldenPictures.bytes("jpeg/progressive-444.jpg");
    int lastScan = lastIndexOf(jpeg, 0xDA);
    byte[] scan = Arrays.copyOfRange(jpeg, lastScan, jpeg.length - 2);
    ByteArrayOutputStream scans = new ByteArrayOutputStream();
    scans.write(jpeg, 0, lastScan);
    for (int i = 0; i < 10_000; i++) {
      scans.writeBytes(scan);
    }

    refusedAs("JPEG: scan 101 (expected: at most 100)", scans.toByteArray());
  }

  private static int lastIndexOf(byte[] jpeg, int marker) {
    for (int at = jpeg.length - 2; ; at--) {
      if (jpeg[at] == -1 && (jpeg[at + 1] & 0xFF) == marker) {
        return at;
      }
    }
  }

  /** All tiles of such a file may lie at one place, so a small file could ask for endless work. */
  @Test
  void tiffTilesFarLargerThanThePictureAreRefused() {
    byte[] tiff = GoldenPictures.bytes("tiff/deflate-tiles-le.tif");
    setTag(tiff, 322, 1 << 20);
    setTag(tiff, 323, 1 << 20);

    refusedAs("TIFF: strips or tiles of 1048576 x 1048576", tiff);
  }

  @Test
  void aTiffWhoseJpegStripIsLargerThanTheStripIsRefused() {
    byte[] tiff = GoldenPictures.bytes("tiff/jpeg-plain-rgb.tif");
    setTag(tiff, 256, 8);
    setTag(tiff, 257, 8);

    refusedAs("picture: 64 x 48 TIFF (expected: at most", tiff);
  }

  @Test
  void aWebpFrameOutsideItsCanvasIsRefused() {
    refusedAs("WebP: frame of 57 x 43 at 40, 6", GoldenPictures.bytes("webp/frame-beyond.webp"));
  }

  private static void refusedAs(String message, byte[] bytes) {
    ImageDecoder decoder = new ImageDecoder(ImageDecoder.MOST_PIXELS);
    assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(bytes)))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessageContaining(message);
  }

  /** Bytes that this thread allocates while it does something. */
  static long allocatedBy(Runnable doing) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    doing.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  /** The picture with both sides of another length in its header. */
  private static byte[] resized(byte[] picture, String form, int side) {
    ByteBuffer big = ByteBuffer.wrap(picture);
    ByteBuffer little = ByteBuffer.wrap(picture).order(ByteOrder.LITTLE_ENDIAN);
    switch (form) {
      case "frame" -> {
        int frame = lastIndexOf(picture, 0xC0);
        big.putShort(frame + 5, (short) side).putShort(frame + 7, (short) side);
      }
      case "chunk" -> {
        big.putInt(16, side).putInt(20, side);
        CRC32 crc = new CRC32();
        crc.update(picture, 12, 17);
        big.putInt(29, (int) crc.getValue());
      }
      case "screen" -> little.putShort(6, (short) side).putShort(8, (short) side);
      case "bmp" -> little.putInt(18, side).putInt(22, side);
      case "canvas" -> {
        little.putShort(24, (short) (side - 1)).putShort(27, (short) (side - 1));
      }
      default -> {
        setTag(picture, 256, side);
        setTag(picture, 257, side);
      }
    }
    return picture;
  }

  /** Sets a long in the directory of a little-endian TIFF. */
  private static void setTag(byte[] tiff, int tag, int value) {
    ByteBuffer buffer = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
    int directory = buffer.getInt(4);
    for (int i = 0; i < buffer.getShort(directory); i++) {
      int entry = directory + 2 + 12 * i;
      if (buffer.getShort(entry) == (short) tag) {
        buffer.putShort(entry + 2, (short) 4).putInt(entry + 8, value);
        return;
      }
    }
    throw new AssertionError("no tag " + tag);
  }

  /** An 8-bit RGB picture of the given chunks. */
  private static byte[] png(int width, int height, byte[]... chunks) {
    byte[] header = ByteBuffer.allocate(13).putInt(width).putInt(height).putInt(0x08020000).array();
    byte[] start = join(HexFormat.of().parseHex("89504e470d0a1a0a"), chunk("IHDR", header));
    return join(start, join(chunks));
  }

  private static byte[] chunk(String type, byte[] data) {
    byte[] body = join(type.getBytes(StandardCharsets.US_ASCII), data);
    CRC32 crc = new CRC32();
    crc.update(body);
    ByteBuffer chunk = ByteBuffer.allocate(body.length + 8);
    return chunk.putInt(data.length).put(body).putInt((int) crc.getValue()).array();
  }

  private static byte[] deflated(int zeros) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    deflater.setInput(new byte[zeros]);
    deflater.finish();
    byte[] out = new byte[zeros / 100 + 1000];
    int length = deflater.deflate(out);
    assertThat(deflater.finished()).isTrue();
    deflater.end();
    return Arrays.copyOf(out, length);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
