package dev.sconce;

import dev.sconce.http.RawClient.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a running TorchServe 0.12.0 was asked and answered: the files of {@code
 * src/test/resources/contract}.
 */
final class TorchServeAnswer {
  static final Path DIRECTORY = Path.of("src/test/resources/contract");
  private static final String PROMPT = "$ ";

  private TorchServeAnswer() {}

  /** What it was asked: the line behind the shell's prompt. */
  static String command(String name) throws IOException {
    String line = first(text(name));
    if (!line.startsWith(PROMPT)) {
      throw new IllegalArgumentException(name + " has no command");
    }
    return line.substring(PROMPT.length()).strip();
  }

  /** The whole file. */
  static String text(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(DIRECTORY.resolve(name + ".txt"));
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The answer; its body is one character for each byte. */
  static Reply reply(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(DIRECTORY.resolve(name + ".txt"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String answer = text.startsWith(PROMPT) ? text.substring(text.indexOf('\n') + 1) : text;
    String rest = answer.replaceFirst("^HTTP/1.1 100 Continue\r?\n\r?\n", "");
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
    return chunked ? new Reply(head.get(0), reply.headers(), joined(body)) : reply;
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
