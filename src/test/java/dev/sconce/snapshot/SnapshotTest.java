package dev.sconce.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.logs.LogLines;
import dev.sconce.model.ModelKey;
import dev.sconce.model.RegisteredModel;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.007Z");

  /** As a TorchServe 0.12.0 wrote it. */
  private static final Path TORCH_SERVES =
      Path.of("src/test/resources/snapshot/20261121035459112-snapshot.cfg");

  @TempDir Path directory;

  private static Properties properties(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return properties;
  }

  private static RegisteredModel model(String name, String version, boolean isDefault) {
    return new RegisteredModel(
        new ModelKey(name, version),
        isDefault,
        name + ".mar",
        Optional.of("twin"),
        1,
        2,
        4,
        Duration.ofMillis(50),
        Duration.ofSeconds(9),
        Duration.ofSeconds(8),
        "python");
  }

  @Test
  void whatTorchServeWroteIsReadAndWrittenTheSame() throws IOException {
    String text = properties(TORCH_SERVES).getProperty(Snapshot.KEY);
    Snapshot snapshot = Snapshot.parse(text);
    assertThat(snapshot.name()).isEqualTo("20261121035459112-snapshot.cfg");
    assertThat(snapshot.models())
        .extracting(RegisteredModel::url)
        .containsExactly("resnet18.mar", "linear.mar", "echo.mar");
    assertThat(snapshot.models()).allMatch(RegisteredModel::isDefault);
    assertThat(snapshot.json(Instant.ofEpochMilli(1_795_233_299_112L))).isEqualTo(text);
  }

  @Test
  void versionsAndHandlersComeBack() {
    List<RegisteredModel> models =
        List.of(model("a", "1.0", false), model("a", "2.0", true), model("b", "1.0", true));
    assertThat(Snapshot.parse(new Snapshot("x", models).json(NOON)).models()).isEqualTo(models);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense                                               | no JSON at line 1",
        "[]                                                     | an empty list (expected: an object",
        "{'models': {'m': {'1.0': {}}}}                         | m 1.0: no marName",
        "{'models': {'m': {'1.0': {'marName': 'a', 'minWorkers': -1}}}} | m 1.0: minWorkers: -1",
        "{'models': {'m': {'1.0': {'marName': 'a', 'batchSize': '4'}}}} | m 1.0: batchSize: \"4\""
      })
  void whatIsNoSnapshotIsRefusedSayingWhy(String text, String message) {
    assertThatThrownBy(() -> Snapshot.parse(text.replace('\'', '"')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void oneFileIsWrittenAtTheStartAfterEachChangeAndAtTheEnd() throws Exception {
    Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
    Path files = directory.resolve("logs/config");
    Map<String, String> config = Map.of("model_store", "/srv/model store");
    List<RegisteredModel> models = List.of(model("a", "1.0", true));
    SnapshotKeeper keeper = new SnapshotKeeper(files, config, () -> models, clock);
    keeper.changed(); // the start is not over
    keeper.started();
    keeper.changed();
    keeper.close();

    assertThat(names(files))
        .containsExactly(
            "20261121120000007-startup.cfg",
            "20261121120000008-snapshot.cfg",
            "20261121120000009-shutdown.cfg");
    Path newest = SnapshotFiles.newest(files).orElseThrow();
    assertThat(newest).hasFileName("20261121120000009-shutdown.cfg");
    Properties written = properties(newest);
    assertThat(written.getProperty("model_store")).isEqualTo("/srv/model store");
    Snapshot snapshot = Snapshot.parse(Objects.requireNonNull(written.getProperty(Snapshot.KEY)));
    assertThat(snapshot.name()).isEqualTo("20261121120000009-shutdown.cfg");
    assertThat(snapshot.models()).isEqualTo(models);
  }

  @Test
  void aChangeAfterASnapshotIsInAnotherOne() throws Exception {
    Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
    SnapshotKeeper keeper = new SnapshotKeeper(directory, Map.of(), List::of, clock);
    keeper.started();
    for (int files = 1; files <= 3; files++) {
      while (names(directory).stream().filter(name -> name.endsWith(".cfg")).count() < files) {
        Thread.onSpinWait();
      }
      keeper.changed();
    }
    keeper.close();
    assertThat(names(directory))
        .containsExactly(
            "20261121120000007-startup.cfg",
            "20261121120000008-snapshot.cfg",
            "20261121120000009-snapshot.cfg",
            "20261121120000010-snapshot.cfg",
            "20261121120000011-shutdown.cfg");
  }

  @Test
  void aServerThatNeverCameToServeLeavesTheLastSnapshotAsItIs() throws Exception {
    SnapshotKeeper keeper =
        new SnapshotKeeper(directory, Map.of(), List::of, Clock.fixed(NOON, ZoneOffset.UTC));
    keeper.close();
    assertThat(names(directory)).isEmpty();
  }

  @Test
  void theNewestTwentyAreKeptAndOtherFilesLeftAlone() throws Exception {
    Files.writeString(directory.resolve("notes.cfg"), "mine");
    SnapshotFiles files = new SnapshotFiles(directory);
    for (int i = 100; i < 125; i++) {
      files.write("20261121120000" + i + "-snapshot.cfg", Map.of());
    }
    assertThat(names(directory)).hasSize(21).contains("notes.cfg");
    assertThat(names(directory).get(0)).isEqualTo("20261121120000105-snapshot.cfg");
  }

  @Test
  void whereNothingCanBeWrittenTheServerGoesOn() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "no directory");
    SnapshotKeeper keeper =
        new SnapshotKeeper(
            file.resolve("config"), Map.of(), List::of, Clock.fixed(NOON, ZoneOffset.UTC));
    try (LogLines lines = new LogLines(SnapshotKeeper.class)) {
      keeper.started();
      keeper.close();
      assertThat(lines.lines())
          .containsExactly(
              "WARN no snapshot can be written (--ncs switches them off) with the stack of "
                  + FileSystemException.class.getName());
    }
    assertThat(SnapshotFiles.newest(file.resolve("config"))).isEmpty();
  }

  private static List<String> names(Path files) throws IOException {
    try (Stream<Path> all = Files.list(files)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
