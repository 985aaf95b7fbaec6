package dev.sconce;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.envelope.Envelope;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerFixture;
import dev.sconce.handler.Input;
import dev.sconce.handler.Part;
import dev.sconce.torch.TestDevice;
import dev.sconce.vision.GoldenAnswers;
import dev.sconce.vision.VisionHandlers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every picture handler in every service envelope, as TorchServe answers to {@code
 * scripts/golden/picture_envelopes.py}.
 */
class PictureEnvelopesTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Pattern PICTURE = Pattern.compile("picture:([^\"]+)");

  /** Masks are compared elsewhere; here it is about what is around them. */
  private static final Pattern MASK = Pattern.compile("(\"base64_prediction\": )\"[^\"]+\"");

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> answersAreThoseInTorchServesEnvelopes() throws IOException {
    Path file = GoldenAnswers.DIRECTORY.resolve("envelopes.json");
    JsonNode cases = new ObjectMapper().readTree(file.toFile()).get("cases");
    return StreamSupport.stream(cases.spliterator(), false)
        .map(
            golden ->
                dynamicTest(
                    golden.get("handler").asText() + " in " + golden.get("envelope").asText(),
                    () -> check(golden)));
  }

  private void check(JsonNode golden) throws Exception {
    List<Input> requests = new ArrayList<>();
    for (JsonNode request : golden.get("requests")) {
      requests.add(request(request.asText(), golden.get("explain").asBoolean()));
    }
    List<String> answers;
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<?, ?> handler =
            Envelope.of(golden.get("envelope").asText())
                .orElseThrow()
                .around(handler(golden.get("handler").asText()))) {
      handler.initialize(fixture.context(model(golden.get("model").asText()), Map.of()));
      answers = HandlerFixture.answers(handler, requests);
    }
    for (int i = 0; i < answers.size(); i++) {
      String expected = golden.get("answers").get(i).asText();
      HandlerFixture.assertSameText(withoutMasks(answers.get(i)), withoutMasks(expected), 1e-4);
    }
  }

  private static Handler<?, ?> handler(String name) {
    return Objects.requireNonNull(
            new VisionHandlers(TestDevice.engine(), 1 << 24).byName().get(name))
        .get();
  }

  private Path model(String file) throws IOException {
    Path model = Files.createTempDirectory(directory, "model");
    if (file.endsWith(".mar")) {
      FailingCalls.unpackWeights(RESOURCES.resolve("served").resolve(file), model);
    } else {
      Files.copy(GoldenAnswers.DIRECTORY.resolve(file), model.resolve(file));
    }
    return model;
  }

  private static Input request(String body, boolean explain) throws IOException {
    StringBuilder filled = new StringBuilder();
    Matcher pictures = PICTURE.matcher(body);
    while (pictures.find()) {
      byte[] picture = Files.readAllBytes(RESOURCES.resolve(pictures.group(1)));
      pictures.appendReplacement(filled, Base64.getEncoder().encodeToString(picture));
    }
    pictures.appendTail(filled);
    ByteBuffer json = ByteBuffer.wrap(filled.toString().getBytes(StandardCharsets.UTF_8));
    Part part = new Part(json, "application/json", Optional.empty());
    Map<String, String> headers = explain ? Map.of("explain", "True") : Map.of();
    Input empty = HandlerFixture.input(Map.of());
    return new Input("server-id", Map.of("body", part), headers, empty.deadline());
  }

  private static String withoutMasks(String answer) {
    return MASK.matcher(answer).replaceAll("$1\"M\"");
  }
}
