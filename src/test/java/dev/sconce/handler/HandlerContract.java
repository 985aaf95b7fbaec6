package dev.sconce.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.json.ManagementJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every built-in handler keeps to.
 *
 * @param <P> what its preprocessing makes of one request
 * @param <R> what its inference makes of one request
 */
public abstract class HandlerContract<P, R> {
  private static final int THREADS = 3;

  private HandlerFixture fixture = new HandlerFixture();

  /** A new handler, not initialized. */
  protected abstract Handler<P, R> newHandler();

  /** A model it serves. */
  protected abstract Path model() throws IOException;

  /** Requests that it answers, each otherwise. */
  protected abstract List<Input> requests() throws IOException;

  @BeforeEach
  void open() {
    fixture = new HandlerFixture();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Handler<P, R> initialized() throws Exception {
    Handler<P, R> handler = newHandler();
    handler.initialize(fixture.context(model(), Map.of()));
    return handler;
  }

  @Test
  void aBatchAnswersAsItsRequestsDoAlone() throws Exception {
    try (Handler<P, R> handler = initialized()) {
      List<List<Double>> alone = new ArrayList<>();
      for (Input input : requests()) {
        alone.addAll(answers(handler, List.of(input)));
      }
      assertSame(answers(handler, requests()), alone);
    }
  }

  @Test
  void handlersThatShareAModelAnswerAlikeFromTheirOwnThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<List<List<Double>>>> runs = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        runs.add(
            threads.submit(
                () -> {
                  try (Handler<P, R> handler = initialized()) {
                    return answers(handler, requests());
                  }
                }));
      }
      for (Future<List<List<Double>>> run : runs) {
        assertSame(run.get(), runs.get(0).get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void aRequestWithoutPartsIsABadRequest() throws Exception {
    try (Handler<P, R> handler = initialized()) {
      Input empty = HandlerFixture.input(Map.of());
      assertThatThrownBy(() -> handler.preprocess(empty))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST));
    }
  }

  @Test
  void whatItSaysOfItselfIsJson() throws Exception {
    try (Handler<P, R> handler = initialized()) {
      assertThat(handler.describe()).isNotEmpty();
      JsonNode json = new ObjectMapper().readTree(ManagementJson.bytes(handler.describe()));
      assertThat(json.size()).isEqualTo(handler.describe().size());
    }
  }

  @Test
  void aModelThatIsNotThereIsRefused(@TempDir Path empty) throws Exception {
    try (Handler<P, R> handler = newHandler()) {
      assertThatThrownBy(() -> handler.initialize(fixture.context(empty, Map.of())))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL));
    }
  }

  /** The numbers of each answer. */
  private List<List<Double>> answers(Handler<P, R> handler, List<Input> inputs) throws Exception {
    List<P> batch = new ArrayList<>();
    for (Input input : inputs) {
      batch.add(handler.preprocess(input));
    }
    List<R> results = handler.inference(batch);
    assertThat(results).hasSameSizeAs(batch);
    List<List<Double>> answers = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Output.Answer answer = (Output.Answer) handler.postprocess(inputs.get(i), results.get(i));
      String body = StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString();
      answers.add(numbers(new ObjectMapper().readTree(body)));
      assertThat(answers.get(i)).isNotEmpty();
    }
    return answers;
  }

  /** The numbers of one answer, by which it is compared. */
  protected List<Double> numbers(JsonNode answer) {
    List<Double> numbers = new ArrayList<>();
    flatten(answer, numbers);
    return numbers;
  }

  private static void flatten(JsonNode node, List<Double> numbers) {
    if (node.isNumber()) {
      numbers.add(node.asDouble());
    }
    node.forEach(child -> flatten(child, numbers));
  }

  private void assertSame(List<List<Double>> actual, List<List<Double>> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).hasSameSizeAs(expected.get(i));
      assertSameAnswer(actual.get(i), expected.get(i));
    }
  }

  /** Fails unless two answers to the same request are the same but for rounding. */
  protected void assertSameAnswer(List<Double> actual, List<Double> expected) {
    double largest = expected.stream().mapToDouble(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.size(); i++) {
      double value = expected.get(i);
      assertThat(actual.get(i)).isBetween(value - 1e-4 * largest, value + 1e-4 * largest);
    }
  }
}
