package dev.sconce.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * A request that AWS's default handler answered for {@code scripts/golden/aws_default_handler.py}.
 *
 * @param model the file
 * @param accept the header; empty if there was none
 * @param defaultAccept what the container was told to answer without one
 * @param body a character for each byte
 * @param answer likewise
 */
public record AwsCase(
    String model,
    String contentType,
    Optional<String> accept,
    String defaultAccept,
    String body,
    String answerType,
    String answer) {
  /** Where the models are. */
  public static final Path DIRECTORY = Path.of("src/test/resources/tensor");

  /** All of them. */
  public static List<AwsCase> all() throws IOException {
    JsonNode cases = new ObjectMapper().readTree(Files.readString(DIRECTORY.resolve("cases.json")));
    return StreamSupport.stream(cases.spliterator(), false).map(AwsCase::of).toList();
  }

  private static AwsCase of(JsonNode json) {
    return new AwsCase(
        json.get("model").asText(),
        json.get("contentType").asText(),
        Optional.of(json.get("accept")).filter(JsonNode::isTextual).map(JsonNode::asText),
        json.get("defaultAccept").asText(),
        bytes(json.get("body")),
        json.get("answerType").asText(),
        bytes(json.get("answer")));
  }

  private static String bytes(JsonNode shown) {
    return shown.isTextual()
        ? shown.asText()
        : new String(
            Base64.getDecoder().decode(shown.get("base64").asText()), StandardCharsets.ISO_8859_1);
  }

  /** What is sent. */
  public byte[] bodyBytes() {
    return body.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    String text = body.replaceAll("\\p{Cntrl}", "|");
    return "%s %s %s -> %s"
        .formatted(
            model,
            contentType,
            text.length() > 60 ? text.substring(0, 60) + "…" : text,
            accept.orElse("nothing said, so " + defaultAccept));
  }
}
