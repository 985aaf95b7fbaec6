package dev.sconce.vision;

import dev.sconce.error.ServingException;
import dev.sconce.handler.Part;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.Pixels;
import dev.sconce.image.RgbImage;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.function.Supplier;

/** Reads the pictures of a request. Safe from any thread. */
final class PictureReader {
  /** Long enough that no picture's first bytes are all of base64's alphabet by chance. */
  private static final int BASE64_SAMPLE = 32;

  private final ImageDecoder decoder;

  PictureReader(ImageDecoder decoder) {
    this.decoder = decoder;
  }

  /**
   * Decodes, resizes and crops a picture.
   *
   * @param name the part's, for messages
   * @throws ServingException {@code BAD_REQUEST} if it is no picture, or too large a one
   */
  RgbImage read(String name, Part part, PictureSettings settings) {
    return fit(name, decode(name, part), settings);
  }

  /** The first half of {@link #read}. */
  RgbImage decode(String name, Part part) {
    return named(name, () -> decoder.decode(bytes(part.content())));
  }

  /** The second half of {@link #read}. */
  RgbImage fit(String name, RgbImage picture, PictureSettings settings) {
    return named(name, () -> settings.resize(picture));
  }

  /**
   * What a learner does with the floats of a picture; the picture itself if nothing.
   *
   * @param picture from {@link #read}
   * @throws ServingException {@code BAD_REQUEST} if its proportions do not allow that
   */
  Pixels resample(String name, RgbImage picture, PictureSettings settings) {
    return named(name, () -> settings.resample(picture));
  }

  private static <P> P named(String name, Supplier<P> step) {
    try {
      return step.get();
    } catch (ServingException e) {
      throw new ServingException(e.code(), name + ": " + e.getMessage(), e);
    }
  }

  /** As TorchServe's handlers take it: a picture sent as text is base64. */
  private static ByteBuffer bytes(ByteBuffer content) {
    if (!looksLikeBase64(content)) {
      return content;
    }
    try {
      return Base64.getMimeDecoder().decode(withPluses(content));
    } catch (IllegalArgumentException e) {
      return content; // the decoder will say what it is
    }
  }

  private static boolean looksLikeBase64(ByteBuffer content) {
    if (content.remaining() < BASE64_SAMPLE) {
      return false; // no picture is that small
    }
    for (int i = 0; i < BASE64_SAMPLE; i++) {
      int c = content.get(content.position() + i);
      boolean inAlphabet =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || c == '+'
              || c == ' '
              || c == '/'
              || c == '=';
      if (!inAlphabet) {
        return false;
      }
    }
    return true;
  }

  /** In a form whose sender forgot to escape it, a plus has become a blank. */
  private static ByteBuffer withPluses(ByteBuffer base64) {
    byte[] text = new byte[base64.remaining()];
    base64.duplicate().get(text);
    for (int i = 0; i < text.length; i++) {
      if (text[i] == ' ') {
        text[i] = '+';
      }
    }
    return ByteBuffer.wrap(text);
  }
}
