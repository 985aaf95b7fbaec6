package dev.sconce.handler;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.Classify;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.json.RequestJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The example in the SPI's Javadoc is real code, and it answers what TorchServe answers. */
class HandlerExampleTest {
  private static final Path GOLDEN = Path.of("src/test/resources/handlers");

  @Test
  void theJavadocHoldsTheCompiledText() throws IOException {
    String code = Files.readString(Path.of("src/test/java/com/example/Classify.java"));
    String example =
        code.substring(code.indexOf("public final class"))
            .lines()
            .map(line -> (" * " + line).stripTrailing())
            .collect(Collectors.joining("\n"));
    assertThat(Files.readString(Path.of("src/main/java/dev/sconce/handler/Handler.java")))
        .contains("<pre>{@code\n" + example + "\n * }</pre>");
  }

  @Test
  void itGivesTheClassThatTorchServeGives() throws Exception {
    JsonNode golden = new ObjectMapper().readTree(GOLDEN.resolve("classifier.json").toFile());
    Classify handler = new Classify();
    try (SharedResources shared = new SharedResources()) {
      handler.initialize(
          new HandlerContext(
              "m",
              "1.0",
              GOLDEN,
              Optional.of("classifier.pt"),
              Optional.empty(),
              HandlerSettings.NONE,
              Device.CPU,
              shared,
              HandlerMetrics.NONE));
      for (String picture : List.of("jpeg/baseline-420.jpg", "png/photo.png")) {
        byte[] bytes = Files.readAllBytes(Path.of("src/test/resources/image", picture));
        Deadline deadline = Deadline.after(Duration.ofMinutes(1), System::nanoTime);
        Input input = new Input("id", Map.of("data", Part.of(bytes)), Map.of(), deadline);
        Long found = handler.inference(List.of(handler.preprocess(input))).get(0);
        assertThat(found.toString()).isEqualTo(likeliest(golden, picture));
        Output.Answer answer = (Output.Answer) handler.postprocess(input, found);
        String json = StandardCharsets.UTF_8.decode(answer.body()).toString();
        assertThat(RequestJson.read(json).get("class").longValue()).isEqualTo(found);
      }
    }
  }

  /** The first member of the answer. */
  private static String likeliest(JsonNode golden, String picture) {
    return golden
        .get("pictures")
        .valueStream()
        .filter(answered -> answered.get("picture").textValue().equals(picture))
        .map(answered -> answered.get("answer").fieldNames().next())
        .findFirst()
        .orElseThrow();
  }
}
