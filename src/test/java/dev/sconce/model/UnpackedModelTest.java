package dev.sconce.model;

import static dev.sconce.model.ModelsFixture.get;
import static dev.sconce.model.ModelsFixture.registration;
import static dev.sconce.model.ModelsFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long the files of an archive lie on disk. */
class UnpackedModelTest {
  private static final Optional<String> DEFAULT = Optional.empty();

  @TempDir Path directory;
  private Path store = Path.of("");

  @BeforeEach
  void makeStore() throws IOException {
    store = Files.createDirectories(directory.resolve("store"));
  }

  @Test
  void theyAreThereUntilTheWorkersHaveLoadedThem() throws Exception {
    pack("hello");
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      get(fixture.models.lifecycle().register(registration("m.mar", 0)));
      assertThat(unpacked()).containsExactly("greeting.txt");

      get(fixture.models.lifecycle().scale("m", DEFAULT, 2, 2).done());

      assertThat(unpacked()).isEmpty();
      assertThat(text(fixture.send("m", DEFAULT, "you"))).isEqualTo("hello you");
    }
  }

  @Test
  void theyAreThereAgainForAWorkerThatComesLater() throws Exception {
    pack("hello");
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.register(registration("m.mar", 1));
      get(fixture.models.lifecycle().scale("m", DEFAULT, 0, 0).done());

      get(fixture.models.lifecycle().scale("m", DEFAULT, 1, 1).done());

      assertThat(text(fixture.send("m", DEFAULT, "you"))).isEqualTo("hello you");
      assertThat(unpacked()).isEmpty();
    }
  }

  @Test
  void aWorkerThatComesAfterTheArchiveWasWrittenToIsRefusedAndTheOthersServeOn() throws Exception {
    pack("hello");
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.register(registration("m.mar", 1));
      pack("good day");

      assertThatThrownBy(() -> get(fixture.models.lifecycle().scale("m", DEFAULT, 2, 2).done()))
          .cause()
          .hasMessageStartingWith("m.mar: needed again, but was written to since");

      assertThat(text(fixture.send("m", DEFAULT, "you"))).isEqualTo("hello you");
    }
  }

  private void pack(String greeting) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(store.resolve("m.mar")))) {
      zip.putNextEntry(new ZipEntry("MAR-INF/MANIFEST.json"));
      zip.write(
          "{\"model\": {\"handler\": \"reading\", \"modelName\": \"m\"}}"
              .getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry("greeting.txt"));
      zip.write(greeting.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** What lies unpacked, but for the manifest. */
  private List<String> unpacked() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("unpacked"))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("MANIFEST.json"))
          .toList();
    }
  }
}
