package dev.sconce;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A {@code multipart/form-data} body as curl's {@code -F} makes it. */
final class MultipartForm {
  private static final String BOUNDARY = "------------------------d74496d66958873e";
  private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

  /** {@code -F name=text}. */
  MultipartForm text(String name, String text) {
    return part("name=\"" + name + "\"", text.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code -F name=@file}. */
  MultipartForm file(String name, Path file) throws IOException {
    return file(name, Files.readAllBytes(file));
  }

  /** {@code -F name=@file} for a file of these bytes. */
  MultipartForm file(String name, byte[] content) {
    return part(
        "name=\""
            + name
            + "\"; filename=\""
            + name
            + "\"\r\nContent-Type: application/octet-stream",
        content);
  }

  private MultipartForm part(String header, byte[] content) {
    parts.writeBytes(
        ("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + header + "\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    parts.writeBytes(content);
    parts.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    return this;
  }

  String contentType() {
    return "multipart/form-data; boundary=" + BOUNDARY;
  }

  byte[] body() {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(parts.toByteArray());
    whole.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return whole.toByteArray();
  }
}
