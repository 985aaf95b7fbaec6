package dev.sconce.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** The formats that are decoded, told apart by their first bytes as Pillow tells them apart. */
enum ImageFormat {
  JPEG("JPEG", "\u00FF\u00D8\u00FF"),
  PNG("PNG", "\u0089PNG\r\n\u001A\n"),
  GIF("GIF", "GIF8[79]a"),
  BMP("BMP", "BM"),
  WEBP("WebP", "RIFF....WEBPVP8[ LX]"),
  TIFF("TIFF", "MM\0[*+]|MM\\*\0|II[*+]\0|II\0\\*");

  private static final int LONGEST_START = 16;

  private final String label;
  private final Pattern start;

  ImageFormat(String label, String start) {
    this.label = label;
    this.start = Pattern.compile(start, Pattern.DOTALL);
  }

  /** The format that the bytes begin like. */
  static Optional<ImageFormat> of(byte[] bytes) {
    int length = Math.min(LONGEST_START, bytes.length);
    String start = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    return Arrays.stream(values()).filter(f -> f.start.matcher(start).lookingAt()).findFirst();
  }

  /** Its name in messages. */
  String label() {
    return label;
  }

  /** Decodes a picture of this format. */
  RgbImage read(EncodedPicture picture) {
    return switch (this) {
      case JPEG -> JpegReader.read(picture);
      case PNG -> PngReader.read(picture);
      case GIF -> GifReader.read(picture);
      case BMP -> BmpReader.read(picture);
      case WEBP -> WebpReader.read(picture);
      case TIFF -> TiffReader.read(picture);
    };
  }
}
