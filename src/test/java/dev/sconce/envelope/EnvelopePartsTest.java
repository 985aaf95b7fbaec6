package dev.sconce.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerFixture;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests of more instances than a model is to see at once. */
class EnvelopePartsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/envelope");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Remembers how many came at once. */
  private static final class Counting implements JsonHandler<String, String> {
    final List<Integer> sizes = new ArrayList<>();

    @Override
    public void initialize(dev.sconce.handler.HandlerContext context) {}

    @Override
    public String preprocess(Input input) {
      return input.require("body").text();
    }

    @Override
    public List<String> inference(List<String> batch) {
      sizes.add(batch.size());
      return batch;
    }

    @Override
    public Object result(Input input, String text) {
      return text;
    }
  }

  @Test
  void aRequestOfManyInstancesGoesThroughTheModelInParts() throws Exception {
    Counting counting = new Counting();
    List<String> texts = IntStream.range(0, 1000).mapToObj(i -> "t" + i).toList();
    String body = JSON.writeValueAsString(Map.of("instances", texts));
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<?, ?> handler = Envelope.JSON.around(counting)) {
      handler.initialize(fixture.context(GOLDEN, Map.of()));
      Input request = HandlerFixture.input(Map.of("body", body));
      List<String> answers = HandlerFixture.answers(handler, List.of(request, request));
      for (String answer : answers) {
        assertThat(JSON.readTree(answer).get("predictions"))
            .isEqualTo(JSON.readTree(body).get("instances"));
      }
    }
    assertThat(counting.sizes).hasSize(32).allMatch(size -> size <= 64);
  }
}
