package dev.sconce.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerFixture;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import dev.sconce.json.PythonJson;
import dev.sconce.tensor.TensorHandlers;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TestDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers to the letter, as TorchServe gave them to {@code scripts/golden/envelopes.py}. */
class EnvelopeTest {
  private static final Path GOLDEN = Path.of("src/test/resources/envelope");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Stream<JsonNode> golden(String member) throws IOException {
    JsonNode list = JSON.readTree(Files.readString(GOLDEN.resolve("cases.json"))).get(member);
    return StreamSupport.stream(list.spliterator(), false);
  }

  @TestFactory
  Stream<DynamicTest> answersAreTorchServesOwn() throws IOException {
    return golden("cases")
        .map(
            c -> dynamicTest(c.get("envelope").asText() + " " + c.get("requests"), () -> check(c)));
  }

  private static void check(JsonNode golden) throws Exception {
    List<Input> requests = new ArrayList<>();
    for (JsonNode request : golden.get("requests")) {
      requests.add(HandlerFixture.input(Map.of("body", request.asText())));
    }
    Handler<?, ?> base = base();
    Envelope envelope = Envelope.of(golden.get("envelope").asText()).orElseThrow();
    List<String> answers;
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<?, ?> handler = envelope.around(base)) {
      Optional<String> file = Optional.of(golden.get("model").asText());
      handler.initialize(fixture.context(GOLDEN, file, Map.of()));
      answers = HandlerFixture.answers(handler, requests);
    }
    for (int i = 0; i < requests.size(); i++) {
      HandlerFixture.assertSameText(answers.get(i), golden.get("answers").get(i).asText(), 1e-6);
    }
  }

  private static Handler<?, ?> base() {
    return Objects.requireNonNull(
            new TensorHandlers(new ScriptLoader(TestDevice.engine()), TensorHandlers.DEFAULT_ACCEPT)
                .byName()
                .get("base_handler"))
        .get();
  }

  @TestFactory
  Stream<DynamicTest> resultsBecomeTheArraysThatNumpyMakesOfThem() throws IOException {
    return golden("flat")
        .map(
            c ->
                dynamicTest(
                    c.get("value").toString(),
                    () -> {
                      FlatArray flat = FlatArray.of(plain(c.get("value")));
                      Map<String, Object> output = new LinkedHashMap<>();
                      output.put("name", "name");
                      output.put("datatype", flat.datatype());
                      output.put("data", flat.elements());
                      output.put("shape", List.of(flat.elements().size()));
                      assertThat(new String(PythonJson.bytes(output), StandardCharsets.US_ASCII))
                          .isEqualTo(
                              new String(
                                  PythonJson.bytes(plain(c.get("output"))),
                                  StandardCharsets.US_ASCII));
                    }));
  }

  private static Object plain(JsonNode node) {
    return JSON.convertValue(node, Object.class);
  }

  @Test
  void javaArraysAreFlattenedTooAndFloatsWidened() {
    FlatArray flat = FlatArray.of(List.of(new float[] {0.1f, 2}, new float[] {3, 4}));
    assertThat(flat.datatype()).isEqualTo("FP64");
    assertThat(flat.elements()).containsExactly((double) 0.1f, 2.0, 3.0, 4.0);
    assertThat(FlatArray.of(new long[] {1, 2}).datatype()).isEqualTo("INT64");
    assertThat(FlatArray.of(new boolean[] {true}).datatype()).isEqualTo("BOOL");
  }

  /** Answers the parts it sees. */
  private static final class Parts
      implements JsonHandler<Map<String, String>, Map<String, String>> {
    @Override
    public void initialize(dev.sconce.handler.HandlerContext context) {}

    @Override
    public Map<String, String> preprocess(Input input) {
      Map<String, String> seen = new TreeMap<>();
      input.parts().forEach((name, part) -> seen.put(name, part.contentType() + ":" + part.text()));
      return seen;
    }

    @Override
    public List<Map<String, String>> inference(List<Map<String, String>> batch) {
      return batch;
    }

    @Override
    public boolean explains() {
      return true;
    }

    @Override
    public Object result(Input input, Map<String, String> seen) {
      return seen.toString();
    }
  }

  private static List<String> seen(String envelope, String body) throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<?, ?> handler = Envelope.of(envelope).orElseThrow().around(new Parts())) {
      handler.initialize(fixture.context(GOLDEN, Map.of()));
      Input request = HandlerFixture.input(Map.of("body", body.replace('\'', '"')));
      JsonNode answer = JSON.readTree(HandlerFixture.answers(handler, List.of(request)).get(0));
      List<String> seen = new ArrayList<>();
      for (JsonNode value : answer.path(envelope.equals("kservev2") ? "outputs" : "predictions")) {
        seen.add(value.path("data").path(0).asText(value.asText()));
      }
      return seen;
    }
  }

  @ParameterizedTest
  @CsvSource({"json", "kserve"})
  void instancesAreTextsBytesNumbersAndObjectsOfThose(String envelope) throws Exception {
    String body =
        "{'instances': ['a\u00e9', {'b64': 'aGk='}, [1, 2.5], 7,"
            + " {'data': {'b64': 'aG8='}, 'target': 3, 'none': null}]}";
    assertThat(seen(envelope, body))
        .containsExactly(
            "{body=:aé}",
            "{body=:hi}",
            "{body=application/json:[1,2.5]}",
            "{body=application/json:7}",
            "{data=:ho, target=application/json:3}");
  }

  @ParameterizedTest
  @CsvSource({"json, predictions", "kserve, explanations", "kservev2, outputs"})
  void explanationsStandWhereTorchServePutsThem(String envelope, String member) throws Exception {
    String body =
        envelope.equals("kservev2")
            ? "{\"inputs\": [{\"name\": \"a\", \"datatype\": \"BYTES\", \"data\": [\"x\"]}]}"
            : "{\"instances\": [\"x\"]}";
    Input plain = HandlerFixture.input(Map.of("body", body));
    Input explain =
        new Input(plain.requestId(), plain.parts(), Map.of("explain", "True"), plain.deadline());
    Input predict =
        new Input(plain.requestId(), plain.parts(), Map.of("explain", "False"), plain.deadline());
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<?, ?> handler = Envelope.of(envelope).orElseThrow().around(new Parts())) {
      handler.initialize(fixture.context(GOLDEN, Map.of()));
      List<String> answers = HandlerFixture.answers(handler, List.of(explain, predict));
      assertThat(JSON.readTree(answers.get(0)).get(member).size()).isEqualTo(1);
      assertThat(JSON.readTree(answers.get(1)).has("explanations")).isFalse();
      assertThat(handler.explains()).isTrue();
    }
    assertThat(Envelope.KSERVE.around(base()).explains()).isFalse();
  }

  @Test
  void inputsAreShapedNumbersOrTheFirstOfTheirTexts() throws Exception {
    String body =
        "{'inputs': [{'name': 'a', 'datatype': 'BYTES', 'shape': [-1], 'data': ['text', 'more']},"
            + "{'name': 'b', 'datatype': 'INT8', 'shape': [2, 1], 'data': [1, 2]}]}";
    assertThat(seen("kservev2", body))
        .containsExactly("{data=:text}", "{data=application/json:[[1],[2]], datatype=:INT8}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "json   | [1, 2]              | body: a list (expected: a JSON object)",
        "json   | {'instances         | body: no JSON at line 1, column 12 (expected: a JSON object)",
        "json   | {'a': 1, 'b': 2}    | instances: missing (expected: a list; found: a, b)",
        "kserve | {}                  | instances: missing (expected: a list; found: nothing)",
        "kserve | {'instances': []}   | instances: an empty list (expected: a list of at least one)",
        "json   | {'instances': 'x'}  | instances: \"x\" (expected: a list of at least one)",
        "json   | {'instances': [[1], {'b64': 'a'}]} | instances[1].b64: \"a\" (expected: a text in base64)",
        "json   | {'instances': [{'data': {'b64': 7}}]} | instances[0].data.b64: 7 (expected: a text in base64)",
        "json   | {'instances': [[1.5, 2], [3]]} | instances of differing sizes: [2] at 0 and [1] at 1 (expected: one size)",
        "json   | {'instances': [[1], [[2]]]}  | instances of differing sizes: [1] at 0 and [1, 1] at 1 (expected: one size)",
        "kserve | {'instances': [[1], ['x']]}  | instances[1]: body[0]: \"x\" (expected: a number, true or false)",
        "kserve | {'instances': [{'text': 1}]} | instances[0]: missing part: data or body (found: text)",
        "kservev2 | {'instances': [1]} | inputs: missing (expected: a list; found: instances)",
        "kservev2 | {'inputs': [7]}    | inputs[0].name: missing (expected: a text)",
        "kservev2 | {'inputs': [{'name': 'a', 'shape': [1], 'data': [1]}]} | inputs[0].datatype: missing (expected: a text)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'FP32', 'data': [1]}]} | inputs[0].shape: missing (expected: a list of at most 64 whole numbers >= 1, of which one may be -1 instead)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'FP32', 'shape': [0, 100000000], 'data': []}]} | inputs[0].shape: a list (expected: a list of at most 64 whole numbers >= 1, of which one may be -1 instead)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'FP32', 'shape': [2147483647, 2147483647, 4], 'data': [1]}]} | inputs[0].data: 1 elements (expected: 4611686014132420609, for the shape)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'FP32', 'shape': [3], 'data': [1, 2]}]} | inputs[0].data: 2 elements (expected: 3, for the shape)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'FP32', 'shape': [2, -1], 'data': [1, 2, 3]}]} | inputs[0].data: 3 elements (expected: a multiple of 2, for the shape)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'FP32', 'shape': [-1], 'data': []}]} | inputs[0].data: 0 elements (expected: a multiple of 1, for the shape)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'FP32', 'shape': [-1, -1], 'data': [1]}]} | inputs[0].shape: a list (expected: a list of at most 64 whole numbers >= 1, of which one may be -1 instead)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'FP32', 'shape': [2147483647, -1, 2147483647], 'data': [1]}]} | inputs[0].data: 1 elements (expected: a multiple of 4611686014132420609, for the shape)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'FP32', 'shape': [1], 'data': 1}]} | inputs[0].data: 1 (expected: a list)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'BYTES', 'shape': [0], 'data': []}]} | inputs[0].data: an empty list (expected: a list of one)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'BF16', 'shape': [1], 'data': [1]}]} | inputs[0].datatype: BF16 (expected: BYTES, BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, FP32 or FP64)",
        "kservev2 | {'inputs': [{'name': 'a', 'datatype': 'INT8', 'shape': [1], 'data': [300]}]} | inputs[0]: data[0]: 300 (expected: INT8: a whole number from -128 to 127)",
        "kservev2 | {'id': 7, 'inputs': [{'name': 'a', 'datatype': 'INT8', 'shape': [1], 'data': [1]}]} | body.id: 7 (expected: a text)"
      })
  void whatIsNotInTheEnvelopesFormIsABadRequestNamingThePlace(
      String envelope, String body, String message) throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<?, ?> handler = Envelope.of(envelope).orElseThrow().around(base())) {
      handler.initialize(fixture.context(GOLDEN, Optional.of("linear.pt"), Map.of()));
      Input request = HandlerFixture.input(Map.of("body", body.replace('\'', '"')));
      assertThatThrownBy(() -> handler.preprocess(request))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
          .hasMessage(message);
    }
  }

  @Test
  void aHandlerWithoutJsonAnswersIsRefused() {
    Handler<?, ?> plain = new dev.sconce.handler.HandlerFixture.Plain();
    assertThatThrownBy(() -> Envelope.KSERVE.around(plain))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageStartingWith("service_envelope: kserve: the handler dev.sconce.handler.");
    assertThat(Envelope.BODY.around(plain)).isSameAs(plain);
  }

  @Test
  void descriptionsNameTheEnvelope() throws Exception {
    assertThat(Envelope.JSON.around(base()).describe())
        .containsEntry("serviceEnvelope", "json")
        .containsKey("input");
  }
}
