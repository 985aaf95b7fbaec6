package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextPredictionsTest {
  private static final Path TEXT = Path.of("src/test/resources/text");

  @TempDir Path directory;

  @Test
  void anArchiveWhoseManifestNamesItsVocabularyIsServed() throws Exception {
    Path store = directory.resolve("store");
    Path model = Files.createDirectories(store.resolve("news"));
    Files.copy(TEXT.resolve("model.pt"), model.resolve("model.pt"));
    Files.copy(TEXT.resolve("index_to_name.json"), model.resolve("index_to_name.json"));
    Files.copy(TEXT.resolve("vocab_legacy.pt"), model.resolve("words.pt"));
    Files.createDirectory(model.resolve("MAR-INF"));
    Files.writeString(
        model.resolve("MAR-INF/MANIFEST.json"),
        "{\"model\": {\"modelName\": \"news\", \"handler\": \"text_classifier\","
            + " \"serializedFile\": \"model.pt\", \"sourceVocab\": \"words.pt\"}}");
    try (RunningServer server =
        new RunningServer(directory, store, List.of("news"), "default_workers_per_model=1")) {
      byte[] text = "a new report on the economy".getBytes(StandardCharsets.UTF_8);
      HttpResponse<String> answer = server.send(server.predictRequest("news", "text/plain", text));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(RunningServer.json(answer).fieldNames())
          .toIterable()
          .containsExactly("World", "Sports", "Café", "Sci/Tech");
    }
  }
}
