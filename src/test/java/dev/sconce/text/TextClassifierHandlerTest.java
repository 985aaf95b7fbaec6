package dev.sconce.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerContract;
import dev.sconce.handler.HandlerFixture;
import dev.sconce.handler.Input;
import dev.sconce.handler.Part;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TestDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextClassifierHandlerTest extends HandlerContract<long[], float[]> {
  @TempDir Path directory;

  @Override
  protected TextClassifierHandler newHandler() {
    return new TextClassifierHandler(new ScriptLoader(TestDevice.engine()), new Words());
  }

  @BeforeEach
  void copyModel() throws IOException {
    GoldenTexts.copyModel(directory, "torchtext");
  }

  @Override
  protected Path model() {
    return directory;
  }

  @Override
  protected List<Input> requests() throws IOException {
    return List.of(
        request("the new report"),
        request("Café"),
        HandlerFixture.input(Map.of("data", "<b>global</b> economy, global economy")),
        request("unheard-of words"));
  }

  private static Input request(String text) throws IOException {
    return HandlerFixture.input(Map.of("body", text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"torchtext", "script", "legacy", "dict", "default", "old_zip"})
  void answersAreTorchServesWithEveryFormOfVocabulary(String form) throws Exception {
    Files.delete(directory.resolve("source_vocab.pt"));
    Files.copy(
        GoldenTexts.DIRECTORY.resolve("vocab_" + form + ".pt"),
        directory.resolve("source_vocab.pt"));
    boolean knowsAll = !form.equals("dict") && !form.equals("old_zip");
    List<GoldenTexts> golden =
        knowsAll ? GoldenTexts.all() : GoldenTexts.all().subList(0, 9); // those it was made of
    List<String> answers = answers(golden.stream().map(GoldenTexts::text).toList());
    for (int i = 0; i < golden.size(); i++) {
      HandlerFixture.assertSameText(answers.get(i), golden.get(i).answer(), 1e-6);
    }
  }

  @Test
  void theVocabularyMayBeNamedAsOldManifestsNameIt() throws Exception {
    List<Input> requests = List.of(request(GoldenTexts.all().get(0).text()));
    String expected = GoldenTexts.all().get(0).answer();
    Files.move(directory.resolve("source_vocab.pt"), directory.resolve("Words.pt"));
    try (HandlerFixture fixture = new HandlerFixture();
        TextClassifierHandler handler = newHandler()) {
      handler.initialize(fixture.context(directory, Map.of("sourceVocab", "Words.pt")));
      HandlerFixture.assertSameText(
          HandlerFixture.answers(handler, requests).get(0), expected, 1e-6);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone.pt", "../outside.pt", "."})
  void aNamedVocabularyHasToBeAFileOfTheArchive(String name) throws Exception {
    Path model = Files.createDirectory(directory.resolve("model"));
    Files.copy(directory.resolve("source_vocab.pt"), directory.resolve("outside.pt"));
    try (HandlerFixture fixture = new HandlerFixture();
        TextClassifierHandler handler = newHandler()) {
      assertThatThrownBy(
              () -> handler.initialize(fixture.context(model, Map.of("sourceVocab", name))))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
          .hasMessage("sourceVocab: " + name + " (expected: a file of the archive)");
    }
  }

  /** All in one batch. */
  private List<String> answers(List<String> texts) throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        TextClassifierHandler handler = newHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      List<Input> requests = new ArrayList<>();
      for (String text : texts) {
        requests.add(request(text));
      }
      return HandlerFixture.answers(handler, requests);
    }
  }

  @Test
  void jsonIsATextOrAnObjectWithOne() throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        TextClassifierHandler handler = newHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      long[] plain = handler.preprocess(request("caf\u00e9 report"));
      assertThat(handler.preprocess(json("\"caf\\u00e9 report\""))).isEqualTo(plain);
      assertThat(handler.preprocess(json("{\"data\": \"caf\u00e9 report\"}"))).isEqualTo(plain);
      assertThat(handler.preprocess(json("caf\u00e9 report"))).isEqualTo(plain);
      assertBadRequest(
          () -> handler.preprocess(json("[1]")),
          "body: a list (expected: a text, or an object with data)");
    }
  }

  private static Input json(String body) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8));
    Part part = new Part(bytes, "application/json; charset=utf-8", Optional.empty());
    Input empty = HandlerFixture.input(Map.of());
    return new Input("id", Map.of("body", part), Map.of(), empty.deadline());
  }

  @Test
  void aTextThatIsNoneIsABadRequest() throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        TextClassifierHandler handler = newHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      Input latin1 =
          new Input(
              "id",
              Map.of("body", Part.of(new byte[] {'c', 'a', 'f', (byte) 0xe9})),
              Map.of(),
              request("").deadline());
      assertBadRequest(() -> handler.preprocess(latin1), "the text is not UTF-8 (expected: UTF-8)");
      assertBadRequest(
          () -> handler.preprocess(request("<p>...</p>")),
          "the text has no words (expected: letters or digits)");
      assertBadRequest(
          () -> handler.preprocess(request("")), "data or body: empty (expected: some bytes)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no_default", "dict"})
  void aVocabularyWithoutAnIndexForOtherWordsRefusesThemByName(String form) throws Exception {
    Files.delete(directory.resolve("source_vocab.pt"));
    Files.copy(
        GoldenTexts.DIRECTORY.resolve("vocab_" + form + ".pt"),
        directory.resolve("source_vocab.pt"));
    try (HandlerFixture fixture = new HandlerFixture();
        TextClassifierHandler handler = newHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      assertBadRequest(
          () -> handler.preprocess(request("bloomberg zebra")),
          "zebra: not in the vocabulary (expected: words of it, as it has no index for others)");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hostile | source_vocab.pt: the pickle asks for posix.system, which is never run (expected: a dict of words with their indices, or a Vocab of torchtext)",
        "tensor  | source_vocab.pt: holds no vocabulary (expected: a dict of words with their indices, or a Vocab of torchtext)",
        "texts   | source_vocab.pt: holds an index that is no whole number >= 0 (expected: a dict of words with their indices, or a Vocab of torchtext)"
      })
  void otherVocabulariesAreRefusedSayingWhichCanBeRead(String form, String message)
      throws Exception {
    Files.delete(directory.resolve("source_vocab.pt"));
    Files.copy(
        GoldenTexts.DIRECTORY.resolve("vocab_" + form + ".pt"),
        directory.resolve("source_vocab.pt"));
    try (HandlerFixture fixture = new HandlerFixture();
        TextClassifierHandler handler = newHandler()) {
      assertThatThrownBy(() -> handler.initialize(fixture.context(directory, Map.of())))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
          .hasMessage(message);
    }
  }

  @Test
  void anIndexWithoutANameAndAVocabularyThatIsNotTheModelsAreTheModelsFault() throws Exception {
    Files.writeString(directory.resolve("index_to_name.json"), "{\"0\": \"one\"}");
    try (HandlerFixture fixture = new HandlerFixture();
        TextClassifierHandler handler = newHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      Input request = request("report");
      float[] result = handler.inference(List.of(handler.preprocess(request))).get(0);
      assertInternal(
          () -> handler.postprocess(request, result),
          "index_to_name.json: class 1 has no name (expected: one for each class; it names 1)");
      assertInternal(
          () -> handler.inference(List.of(new long[] {100_000})),
          "the model fails: Index 0 of input takes value 100000 which is not in the valid range [0, 157)");
    }
  }

  private static void assertBadRequest(ThrowingCall call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessage(message);
  }

  private static void assertInternal(ThrowingCall call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
        .hasMessageStartingWith(message);
  }

  private interface ThrowingCall {
    void run() throws Exception;
  }
}
