package dev.sconce;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A curl command as a shell takes it apart, and the bytes that curl 7.88 sends for it.
 *
 * @param port the port that it asks, as it stood in the command
 * @param head the request line and the headers, with the empty line
 * @param body the body, in chunks if the head says so
 */
record CurlCommand(int port, String head, ByteBuffer body) {
  private static final String BOUNDARY = "-".repeat(24) + "0123456789abcdef";

  /** Gives the bytes of a file that a command names. */
  interface Files {
    byte[] read(String name) throws Exception;
  }

  boolean isHead() {
    return head.startsWith("HEAD ");
  }

  /** Whether the body is held back until the server asks for it. */
  boolean expectsContinue() {
    return head.contains("\r\nExpect: 100-continue\r\n");
  }

  static CurlCommand parse(String line, Files files) throws Exception {
    return new Reader(files).read(words(line));
  }

  /** What a shell makes of a command in which only backslashes quote. */
  static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      if (c == ' ') {
        words.add(word.toString());
        word.setLength(0);
      } else {
        word.append(c == '\\' ? command.charAt(++i) : c);
      }
    }
    words.add(word.toString());
    return words;
  }

  /** Collects what the flags say. */
  private static final class Reader {
    private final Files files;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Optional<String> method = Optional.empty();
    private String implied = "GET";
    private String protocol = "HTTP/1.1";
    private String url = "";
    private boolean form;

    Reader(Files files) {
      this.files = files;
    }

    CurlCommand read(List<String> words) throws Exception {
      headers.put("User-Agent", "curl/7.88.1");
      headers.put("Accept", "*/*");
      for (int i = words.indexOf("curl") + 1; i < words.size(); i++) {
        String word = words.get(i);
        if (!word.startsWith("-")) {
          url = word;
        } else if (!alone(word)) {
          flag(word, words.get(++i));
        }
      }
      return command();
    }

    /** Takes a flag that has no value. */
    private boolean alone(String flag) {
      switch (flag) {
        case "-I" -> implied = "HEAD";
        case "-0" -> protocol = "HTTP/1.0";
        case "-s", "-i", "-k", "--raw", "--globoff" -> {}
        default -> {
          return false;
        }
      }
      return true;
    }

    private void flag(String flag, String value) throws Exception {
      switch (flag) {
        case "-X" -> method = Optional.of(value);
        case "-H" -> header(value);
        case "-F" -> field(value);
        case "-d", "--data", "--data-binary" -> data(value);
        case "-T" -> upload(value);
        case "--max-time" -> {}
        default -> throw new IllegalArgumentException("curl's flag " + flag);
      }
    }

    private void header(String line) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon);
      headers.keySet().removeIf(name::equalsIgnoreCase);
      headers.put(name, line.substring(colon + 1).strip());
    }

    private void data(String value) throws Exception {
      implied = "POST";
      headers.putIfAbsent("Content-Type", "application/x-www-form-urlencoded");
      body.write(value.startsWith("@") ? files.read(value.substring(1)) : bytes(value));
    }

    private void upload(String file) throws Exception {
      implied = "PUT";
      headers.put("Expect", "100-continue");
      body.write(files.read(file));
    }

    private void field(String field) throws Exception {
      implied = "POST";
      form = true;
      int equals = field.indexOf('=');
      String[] value = field.substring(equals + 1).split(";(?=type=|filename=)");
      boolean file = value[0].startsWith("@");
      String type = file ? typeOf(value[0]) : "";
      String name = file ? String.valueOf(Path.of(value[0]).getFileName()) : "";
      for (int i = 1; i < value.length; i++) {
        type = value[i].startsWith("type=") ? value[i].substring("type=".length()) : type;
        name = value[i].startsWith("filename=") ? value[i].substring("filename=".length()) : name;
      }
      String start =
          "--%s\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n%s\r\n"
              .formatted(
                  BOUNDARY,
                  field.substring(0, equals),
                  name.isEmpty() ? "" : "; filename=\"" + name + "\"",
                  type.isEmpty() ? "" : "Content-Type: " + type + "\r\n");
      body.write(bytes(start));
      body.write(file ? files.read(value[0].substring(1)) : bytes(value[0]));
      body.write(bytes("\r\n"));
    }

    private static String typeOf(String file) {
      return file.endsWith(".jpg") ? "image/jpeg" : "application/octet-stream";
    }

    private CurlCommand command() {
      if (form) {
        body.writeBytes(bytes("--" + BOUNDARY + "--\r\n"));
        headers.put("Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
      }
      String[] parts = url.replaceFirst("^https?://", "").split("/", 2);
      StringBuilder head = new StringBuilder(method.orElse(implied));
      head.append(" /").append(parts.length > 1 ? parts[1] : "").append(' ').append(protocol);
      head.append("\r\nHost: ").append(parts[0]).append("\r\n");
      boolean chunked = "chunked".equals(headers.get("Transfer-Encoding"));
      if (!chunked && (body.size() > 0 || implied.equals("PUT"))) {
        headers.put("Content-Length", "" + body.size());
      }
      headers.values().removeIf(String::isEmpty); // so curl is told to leave its own out
      headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
      byte[] sent = chunked ? inOneChunk(body.toByteArray()) : body.toByteArray();
      return new CurlCommand(
          Integer.parseInt(parts[0].replaceFirst(".*:", "")),
          head.append("\r\n").toString(),
          ByteBuffer.wrap(sent));
    }

    private static byte[] inOneChunk(byte[] bytes) {
      ByteArrayOutputStream chunks = new ByteArrayOutputStream();
      chunks.writeBytes(bytes(Integer.toHexString(bytes.length).toLowerCase(Locale.ROOT) + "\r\n"));
      chunks.writeBytes(bytes);
      chunks.writeBytes(bytes("\r\n0\r\n\r\n"));
      return chunks.toByteArray();
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }
}
