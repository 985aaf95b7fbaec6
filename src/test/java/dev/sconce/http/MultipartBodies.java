package dev.sconce.http;

import java.nio.charset.StandardCharsets;

/** Bodies of {@code multipart/form-data}, and what becomes of them. */
final class MultipartBodies {
  static final String TYPE = "multipart/form-data; boundary=AaB03x";
  static final int MANY = 1000;

  /** Two parts, complete. */
  static final String GOOD =
      String.join(
          "\r\n",
          "--AaB03x",
          "Content-Disposition: form-data; name=\"cam\"",
          "",
          "True",
          "--AaB03x",
          "Content-Disposition: form-data; name=\"left\"; filename=\"left\"",
          "",
          "BYTES",
          "--AaB03x--",
          "");

  private MultipartBodies() {}

  static Body.Form parse(String body) {
    return MultipartParser.parse(bytes(body), TYPE, MANY);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
