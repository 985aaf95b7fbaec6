package dev.sconce.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How archives come into the store, and how it remembers where they came from. */
class ArrivalTest {
  private static final String FROM = "https://h/x.mar";
  private static final byte[] ARCHIVE =
      new PackedZip().file("weights.pth", "weights").file("a.txt", "a").bytes();

  @TempDir Path directory;
  private ModelStore store;

  @BeforeEach
  void open() {
    store = store();
  }

  private ModelStore store() {
    return new ModelStore(
        new StoreSettings(
            Optional.of(directory), directory.resolve("tmp"), ExtractionLimits.DEFAULT));
  }

  private Downloaded arrive(String name) throws IOException {
    try (Arrival arrival = store.receive(name)) {
      arrival.out().write(ARCHIVE);
      return arrival.keep(FROM);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Optional<String> origin(ModelStore from, String name) {
    try (ModelArchive archive = from.open(name)) {
      return archive.downloaded().map(Downloaded::from);
    }
  }

  @Test
  void whatHasArrivedIsServedAndKnownAsDownloadedAfterARestartToo() throws IOException {
    arrive("x.mar");
    assertThat(files()).contains("x.mar", ".x.mar.downloaded").noneMatch(n -> n.endsWith("tial"));
    assertThat(origin(store, "x.mar")).hasValue(FROM);
    assertThat(origin(store(), directory + "/x.mar")).hasValue(FROM);
    assertThat(store.origin("x.mar")).hasValue(FROM);
    assertThat(store.list()).containsExactly("x.mar");
  }

  @Test
  void aLinkToWhatWasDownloadedIsKnownAsSuch() throws IOException {
    arrive("x.mar");
    Files.createSymbolicLink(directory.resolve("y.mar"), Path.of("x.mar"));
    assertThat(origin(store, "y.mar")).hasValue(FROM);
  }

  @Test
  void aCopyOfTheWholeStoreKnowsIt() throws IOException {
    arrive("x.mar");
    Files.setLastModifiedTime(directory.resolve("x.mar"), FileTime.from(Instant.EPOCH));
    assertThat(origin(store, "x.mar")).hasValue(FROM);
  }

  @Test
  void aDamagedMarkIsStillOne() throws IOException {
    arrive("x.mar");
    Files.writeString(directory.resolve(".x.mar.downloaded"), "");
    assertThat(origin(store, "x.mar")).hasValue("elsewhere");
  }

  @Test
  void anArchiveThatTookItsPlaceIsTheUsersOwn() throws IOException {
    Downloaded first = arrive("x.mar");
    Files.write(directory.resolve("x.mar"), new PackedZip().file("a", "other").bytes());
    assertThat(origin(store, "x.mar")).isEmpty();
    assertThat(store.origin("x.mar")).isEmpty();
    first.delete();
    assertThat(directory.resolve("x.mar")).exists();
  }

  @Test
  void whatWasDownloadedCanBeDeletedAndComeAgain() throws IOException {
    arrive("x.mar").delete();
    assertThat(files()).isEmpty();
    arrive("x.mar").delete();
    assertThat(store.origin("x.mar")).isEmpty();
  }

  @Test
  void whatBreaksOffLeavesNothingBehind() throws IOException {
    try (Arrival arrival = store.receive("x.mar")) {
      arrival.out().write(ARCHIVE);
      arrival.out().flush();
      assertThat(files()).hasSize(1);
      assertThat(store.list()).isEmpty();
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void aNameThatIsTakenIsRefusedInTorchServesWords() throws IOException {
    Files.write(directory.resolve("x.mar"), ARCHIVE);
    assertThatThrownBy(() -> store.receive("x.mar"))
        .hasMessage("Model file already exists x.mar")
        .hasFieldOrPropertyWithValue("code", ErrorCode.INTERNAL);
    assertThat(files()).containsExactly("x.mar");
    Files.delete(directory.resolve("x.mar"));
    arrive("x.mar");
  }

  @Test
  void aNameIsTakenWhileItsArchiveIsOnItsWay() throws IOException {
    try (Arrival first = store.receive("x.mar")) {
      assertThatThrownBy(() -> store.receive("x.mar"))
          .hasMessage("Model file already exists x.mar (it is being downloaded)");
      store.receive("y.mar").close();
      first.out().write(ARCHIVE);
      first.keep(FROM);
    }
    assertThat(files()).containsExactly(".x.mar.downloaded", "x.mar");
  }

  @Test
  void aFileThatWasPutThereMeanwhileIsNotReplaced() throws IOException {
    try (Arrival arrival = store.receive("x.mar")) {
      arrival.out().write(ARCHIVE);
      Files.writeString(directory.resolve("x.mar"), "own");
      assertThatThrownBy(() -> arrival.keep(FROM)).hasMessage("Model file already exists x.mar");
    }
    assertThat(files()).containsExactly("x.mar");
    assertThat(Files.readString(directory.resolve("x.mar"), StandardCharsets.UTF_8))
        .isEqualTo("own");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".mar",
        ".x.mar",
        "x",
        "x.jar",
        "x.mar.exe",
        "-x.mar",
        "a b.mar",
        "a%20b.mar",
        "x.MAR",
        "a/b.mar",
        "a\\b.mar",
        "a;b.mar",
        "a:b.mar",
        "a\0.mar",
        "\u0430.mar"
      })
  void namesThatAreNoArchivesOrCouldMeanMoreAreRefused(String name) throws IOException {
    assertThatThrownBy(() -> store.receive(name))
        .hasFieldOrPropertyWithValue("code", ErrorCode.BAD_REQUEST)
        .hasMessageStartingWith("url: its last segment is \"");
    assertThatThrownBy(() -> store.receive("x".repeat(300) + ".mar"))
        .hasFieldOrPropertyWithValue("code", ErrorCode.BAD_REQUEST);
    assertThat(files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mar", "a-1.0_b+c.model", "A.tar.gz", "0.tgz"})
  void namesOfArchivesAreTaken(String name) throws IOException {
    arrive(name);
    assertThat(directory.resolve(name)).exists();
  }

  @Test
  void whatAKilledServerLeftBehindIsDeletedByTheNextArrival() throws IOException {
    Path dead = Files.createFile(directory.resolve(".y.mar.1.partial"));
    Files.setLastModifiedTime(dead, FileTime.from(Instant.now().minus(Duration.ofHours(3))));
    Path alive = Files.createFile(directory.resolve(".z.mar.1.partial"));
    arrive("x.mar");
    assertThat(dead).doesNotExist();
    assertThat(alive).exists();
  }

  @Test
  void withoutAStoreNothingArrives() {
    ModelStore none =
        new ModelStore(new StoreSettings(Optional.empty(), directory, ExtractionLimits.DEFAULT));
    assertThatThrownBy(() -> none.receive("x.mar"))
        .hasMessage("Model store has not been configured.");
  }
}
