package dev.sconce.http;

import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Bytes and their content type → {@link Body}. Safe from any thread. */
public final class BodyReader {
  private final int maxFormFields;

  /** A reader that refuses forms of more fields than that. */
  public BodyReader(int maxFormFields) {
    this.maxFormFields = maxFormFields;
  }

  /**
   * Reads a body as its content type says; types that are no form are left as they are.
   *
   * @param bytes the whole body; the result refers to it
   * @param contentType the header's value, empty if there is none
   * @throws ServingException {@code BAD_REQUEST}, naming the fault, if a form is broken
   */
  public Body read(byte[] bytes, String contentType) {
    if (bytes.length == 0) {
      return new Body.Empty();
    }
    return switch (mediaType(contentType)) {
      case "multipart/form-data" -> MultipartParser.parse(bytes, contentType, maxFormFields);
      case "application/x-www-form-urlencoded" -> UrlencodedParser.parse(bytes, maxFormFields);
      default -> new Body.Raw(ByteBuffer.wrap(bytes), contentType);
    };
  }

  private static String mediaType(String contentType) {
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    return type.strip().toLowerCase(Locale.ROOT);
  }
}
