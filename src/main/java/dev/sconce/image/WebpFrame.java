package dev.sconce.image;

/**
 * One image of a WebP as its chunks describe it: a chunk {@code VP8} or {@code VP8L}, and before
 * the former perhaps one of alpha.
 *
 * @param alpha where the chunk of alpha begins, {@link #NONE} without one
 * @param image where the image's chunk begins
 * @param end behind both; what pads a chunk to an even length counts as a part of it
 */
record WebpFrame(long alpha, long image, int width, int height, long end) {
  static final int CHUNK_HEADER = 8;
  static final long NONE = -1;

  private static final int LOSSLESS_SIGNATURE = 0x2F;

  /** Reads the chunks from {@code start} on, up to one that belongs to something else. */
  static WebpFrame read(EncodedPicture picture, long start, long limit) {
    long alpha = NONE;
    long image = NONE;
    long at = start;
    while (at < limit) {
      long next = next(picture, at, limit);
      if (picture.matches(at, "ALPH") && alpha == NONE && image == NONE) {
        alpha = at;
      } else if (isImage(picture, at) && image == NONE) {
        image = at;
      } else {
        break;
      }
      at = next;
    }
    if (image == NONE || (alpha != NONE && picture.matches(image, "VP8L"))) {
      throw picture.fault("no image, or alpha before one that has its own");
    }
    return picture.matches(image, "VP8L")
        ? lossless(picture, image, at)
        : lossy(picture, alpha, image, at);
  }

  static boolean isImage(EncodedPicture picture, long chunk) {
    return picture.matches(chunk, "VP8 ") || picture.matches(chunk, "VP8L");
  }

  /** Where the chunk behind a chunk begins; both must be within the limit. */
  static long next(EncodedPicture picture, long chunk, long limit) {
    if (chunk + CHUNK_HEADER > limit) {
      throw picture.truncated();
    }
    long size = picture.u32le(chunk + 4);
    long next = chunk + CHUNK_HEADER + size + size % 2;
    if (next > limit) {
      throw picture.truncated();
    }
    return next;
  }

  private static WebpFrame lossless(EncodedPicture picture, long image, long end) {
    long bits = picture.u32le(image + CHUNK_HEADER + 1);
    if (picture.u8(image + CHUNK_HEADER) != LOSSLESS_SIGNATURE || bits >> 29 != 0) {
      throw picture.fault("VP8L header %08x".formatted(bits));
    }
    int width = 1 + (int) (bits & 0x3FFF);
    int height = 1 + (int) (bits >> 14 & 0x3FFF);
    return new WebpFrame(NONE, image, width, height, end);
  }

  private static WebpFrame lossy(EncodedPicture picture, long alpha, long image, long end) {
    long start = image + CHUNK_HEADER;
    int partition = Vp8Header.checkedTag(picture, start) >> 5;
    int width = picture.u16le(start + 6) & 0x3FFF;
    int height = picture.u16le(start + 8) & 0x3FFF;
    if (width == 0 || height == 0 || partition >= picture.u32le(image + 4)) {
      throw picture.fault(
          "VP8 frame of %d x %d, first partition of %d bytes".formatted(width, height, partition));
    }
    return new WebpFrame(alpha, image, width, height, end);
  }

  /** Decodes the image; alpha is dropped, but must be whole. */
  RgbImage decode(EncodedPicture picture) {
    int start = (int) image + CHUNK_HEADER;
    if (picture.matches(image, "VP8L")) {
      return Vp8lReader.read(picture, start, (int) end);
    }
    RgbImage decoded = Vp8Reader.read(picture, start, (int) end);
    if (alpha != NONE) {
      checkAlpha(picture);
    }
    return decoded;
  }

  /** Reads through a chunk of alpha (WebP Container Specification, "Alpha"). */
  private void checkAlpha(EncodedPicture picture) {
    int start = (int) alpha + CHUNK_HEADER;
    long bytes = picture.u32le(alpha + 4) - 1;
    int header = picture.u8(start);
    int compression = header & 3;
    int preprocessing = header >> 4 & 3;
    if (bytes < 1 || compression > 1 || preprocessing > 1 || header >> 6 > 1) {
      throw picture.fault("alpha of " + bytes + " bytes with header %02x".formatted(header));
    }
    if (compression == 1) {
      Vp8lReader.check(picture, start + 1, (int) (start + 1 + bytes), width, height);
    } else if (bytes < (long) width * height) {
      throw picture.truncated();
    }
  }
}
