package dev.sconce.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Texts, their words and TorchServe's answers: {@code scripts/golden/text.py}. */
record GoldenTexts(String text, List<String> terms, String answer) {
  static final Path DIRECTORY = Path.of("src/test/resources/text");

  static List<GoldenTexts> all() throws IOException {
    List<GoldenTexts> all = new ArrayList<>();
    for (JsonNode c :
        new ObjectMapper().readTree(Files.readString(DIRECTORY.resolve("cases.json")))) {
      List<String> terms = new ArrayList<>();
      c.get("terms").forEach(term -> terms.add(term.asText()));
      all.add(new GoldenTexts(c.get("text").asText(), terms, c.get("answer").asText()));
    }
    return all;
  }

  /** Copies the model with the vocabulary of that form. */
  static void copyModel(Path directory, String vocabulary) throws IOException {
    Files.copy(DIRECTORY.resolve("model.pt"), directory.resolve("model.pt"));
    Files.copy(DIRECTORY.resolve("index_to_name.json"), directory.resolve("index_to_name.json"));
    Files.copy(
        DIRECTORY.resolve("vocab_" + vocabulary + ".pt"), directory.resolve("source_vocab.pt"));
  }
}
