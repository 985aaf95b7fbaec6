package dev.sconce;

import dev.sconce.http.RawClient.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a running TorchServe 0.12.0 answered, and what it was asked: a file of {@code
 * src/test/resources/contract}.
 *
 * @param command the line behind the shell's prompt
 * @param reply the answer; its body is one character for each byte
 */
record TorchServeAnswer(String command, Reply reply) {
  static final Path DIRECTORY = Path.of("src/test/resources/contract");

  static TorchServeAnswer read(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(DIRECTORY.resolve(name + ".txt"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int line = text.indexOf('\n');
    String command =
        new String(bytes, 0, line, StandardCharsets.UTF_8).replaceFirst("^\\$ ", "").strip();
    String rest = text.substring(line + 1).replaceFirst("^HTTP/1.1 100 Continue\r?\n\r?\n", "");
    List<String> head = new ArrayList<>();
    for (String header = first(rest); !header.isEmpty(); header = first(rest)) {
      head.add(header.replaceFirst("\r$", ""));
      rest = rest.substring(header.length() + 1);
      if (first(rest).equals("\r")) {
        break;
      }
    }
    String body =
        rest.substring(first(rest).length() + 1).replaceFirst("\n?\\[curl exit 0]\\s*$", "");
    Reply reply = new Reply(head.get(0), head.subList(1, head.size()), body);
    boolean chunked = reply.header("transfer-encoding").equals("chunked");
    return new TorchServeAnswer(
        command, chunked ? new Reply(head.get(0), reply.headers(), joined(body)) : reply);
  }

  /** What is in the chunks that curl's {@code --raw} shows. */
  private static String joined(String chunks) {
    StringBuilder body = new StringBuilder();
    int at = 0;
    for (int size = 1; size > 0; at += size + 2) {
      int end = chunks.indexOf("\r\n", at);
      size = Integer.parseInt(chunks.substring(at, end), 16);
      body.append(chunks, end + 2, end + 2 + size);
      at = end + 2;
    }
    return body.toString();
  }

  private static String first(String lines) {
    return lines.substring(0, lines.indexOf('\n'));
  }
}
