package dev.sconce.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The originals come from torch-model-archiver 0.12.0, by {@code scripts/golden/archives.py}. */
class ModelArchiveTest {
  private static final Path ORIGINALS = Path.of("src/test/resources/archive/original");
  private static final Path INPUT = Path.of("src/test/resources/archive/input");

  private final Path directory;
  private final Path temporary;

  ModelArchiveTest(@TempDir Path directory) {
    this.directory = directory;
    this.temporary = directory.resolve("tmp");
  }

  @ParameterizedTest
  @CsvSource({
    "everything, twin.mar, handler.py, python3",
    "tgz, twin.tar.gz, image_classifier, python",
    "zip_store, twin.mar, image_classifier, python",
    "no_archive, twin, image_classifier, python",
    "repeated_force, twin.mar, handler.py, python",
    "handler_with_function, twin.mar, handler:handle, python"
  })
  void whatTheOriginalWroteIsRead(String directory, String name, String handler, String runtime) {
    try (ModelArchive archive = store(ORIGINALS.resolve(directory)).open(name)) {
      Manifest manifest = archive.manifest();
      assertThat(manifest.modelName()).isEqualTo("twin");
      assertThat(manifest.modelVersion()).isEqualTo("1.0");
      assertThat(manifest.handler()).contains(handler);
      assertThat(manifest.runtime().wireName()).isEqualTo(runtime);
      assertThat(manifest.archiverVersion()).contains("0.12.0");
    }
  }

  @Test
  void theFilesOfAnOriginalAreThereWithItsConfiguration() throws IOException {
    try (ModelArchive archive = store(ORIGINALS.resolve("everything")).open("twin.mar")) {
      assertThat(archive.directory().resolve("encoder_weight.pth"))
          .hasSameBinaryContentAs(INPUT.resolve("model/encoder_weight.pth"));
      assertThat(archive.directory().resolve("sub/deep/s.txt")).hasContent("s\n");
      assertThat(archive.manifest().serializedFile()).contains("encoder_weight.pth");
      assertThat(archive.manifest().modelFile()).contains("net.py");
      assertThat(archive.manifest().requirementsFile()).contains("requirements.txt");
      assertThat(archive.manifest().configFile()).contains("model-config.yaml");
      assertThat(archive.config().batchSize()).contains(4);
      assertThat(archive.config().maxWorkers()).contains(2);
      assertThat(archive.config().values()).containsEntry("handler", Map.of("profile", true));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"twin/", "./twin/", "./", ""})
  void aTarFileIsReadWithAndWithoutATopDirectory(String top) throws IOException {
    byte[] tar =
        new PackedTarGz()
            .file(top + "model.pth", "weights")
            .file(top + "code/inference.py", "code")
            .file("._twin", "from a Mac")
            .bytes();
    Files.write(directory.resolve("model.tar.gz"), tar);
    try (ModelArchive archive = store(directory).open("model.tar.gz")) {
      assertThat(archive.directory().resolve("model.pth")).hasContent("weights");
      assertThat(archive.directory().resolve("code/inference.py")).hasContent("code");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"twin.mar", "twin.model", "twin.tgz"})
  void theKindOfArchiveIsToldFromItsBytesNotItsName(String name) throws IOException {
    Files.write(directory.resolve(name), new PackedZip().file("w.pth", "zip").bytes());
    try (ModelArchive archive = store(directory).open(name)) {
      assertThat(archive.directory().resolve("w.pth")).hasContent("zip");
    }
    Files.write(directory.resolve(name), new PackedTarGz().file("t/w.pth", "tar").bytes());
    try (ModelArchive archive = store(directory).open(name)) {
      assertThat(archive.directory().resolve("w.pth")).hasContent("tar");
    }
  }

  @Test
  void anArchiveOfItsManifestAloneKeepsIt() throws IOException {
    zip(new PackedZip().file(ManifestJson.FILE, "{\"model\": {\"modelVersion\": \"7\"}}"));
    try (ModelArchive archive = store(directory).open("x.mar")) {
      assertThat(archive.manifest().modelVersion()).isEqualTo("7");
    }
  }

  @Test
  void withoutAManifestDefaultsHoldAndTheUsualConfigurationIsRead() throws IOException {
    zip(new PackedZip().file("model-config.yaml", "batchSize: 3").file("w.pth", "w"));
    try (ModelArchive archive = store(directory).open("x.mar")) {
      assertThat(archive.manifest()).isEqualTo(Manifest.empty("x.mar"));
      assertThat(archive.config().batchSize()).contains(3);
    }
  }

  @Test
  void theConfigurationIsTheOneTheManifestNames() throws IOException {
    String manifest = "{\"model\": {\"configFile\": \"conf/mine.yaml\"}}";
    zip(
        new PackedZip()
            .file(ManifestJson.FILE, manifest)
            .file("conf/mine.yaml", "batchSize: 5")
            .file("model-config.yaml", "batchSize: 3"));
    try (ModelArchive archive = store(directory).open("x.mar")) {
      assertThat(archive.config().batchSize()).contains(5);
    }
  }

  @Test
  void withoutAConfigurationItIsEmpty() throws IOException {
    zip(new PackedZip().file("w.pth", "w"));
    try (ModelArchive archive = store(directory).open("x.mar")) {
      assertThat(archive.config()).isEqualTo(ModelConfig.EMPTY);
    }
  }

  @Test
  void aConfigurationTheManifestNamesMustBeThere() throws IOException {
    zip(new PackedZip().file(ManifestJson.FILE, "{\"model\": {\"configFile\": \"c.yaml\"}}"));
    assertRefused("x.mar: c.yaml: not in the archive (the manifest's configFile names it)");
  }

  @Test
  void faultsOfTheManifestAndOfTheConfigurationAreRefused() throws IOException {
    zip(new PackedZip().file(ManifestJson.FILE, "{\"runtime\": \"ruby\"}"));
    assertRefused(
        "x.mar: MAR-INF/MANIFEST.json: runtime: ruby (expected: one of python, python3, LSP)");
    zip(new PackedZip().file("model-config.yaml", "batchSize: 0").file("w.pth", ""));
    assertRefused("x.mar: model-config.yaml: batchSize: 0 (expected: a whole number >= 1)");
  }

  @Test
  void aManifestOrConfigurationOfMebibytesIsRefused() throws IOException {
    zip(new PackedZip().file(ManifestJson.FILE, " ".repeat((1 << 20) + 1)));
    assertRefused("x.mar: MAR-INF/MANIFEST.json: larger than 1048576 bytes");
  }

  @Test
  void whatIsUnpackedIsForThisUserOnlyAndGoneOnceClosed() throws IOException {
    zip(new PackedZip().file("sub/w.pth", "w"));
    ModelArchive archive = store(directory).open("x.mar");
    try (var unpacked = Files.list(temporary)) {
      Path only = unpacked.findFirst().orElseThrow();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(only)))
          .isEqualTo("rwx------");
    }
    archive.close();
    assertThat(temporary).isEmptyDirectory();
    archive.close();
  }

  @Test
  void whatWasBorrowedIsGoneOnceNobodyNeedsItAndBackForTheNext() throws IOException {
    zip(new PackedZip().file("top/w.pth", "w"));
    try (ModelArchive archive = store(directory).open("x.mar")) {
      ModelArchive.Loan first = archive.borrow();
      ModelArchive.Loan second = archive.borrow();
      assertThat(second.directory()).isEqualTo(first.directory()).isEqualTo(archive.directory());
      first.close();
      first.close();
      assertThat(second.directory().resolve("w.pth")).hasContent("w");
      second.close();
      assertThat(temporary).isEmptyDirectory();
      try (ModelArchive.Loan third = archive.borrow()) {
        assertThat(third.directory().resolve("w.pth")).hasContent("w");
      }
      assertThat(temporary).isEmptyDirectory();
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void whatIsKeptStaysUntilTheArchiveIsClosed() throws IOException {
    zip(new PackedZip().file("w.pth", "w"));
    try (ModelArchive archive = store(directory).open("x.mar")) {
      archive.keep();
      archive.borrow().close();
      assertThat(archive.directory().resolve("w.pth")).hasContent("w");
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anArchiveThatWasDeletedOrReplacedIsStillTheOneThatWasOpened(boolean tar) throws IOException {
    Path file = directory.resolve("x.mar");
    Files.write(
        file,
        tar
            ? new PackedTarGz().file("w.pth", "w").bytes()
            : new PackedZip().file("w.pth", "w").bytes());
    try (ModelArchive archive = store(directory).open("x.mar")) {
      archive.borrow().close();
      Path other = directory.resolve("other");
      Files.write(other, new PackedZip().file("w.pth", "of another size").bytes());
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      assertBorrowed(archive, "w");
      Files.delete(file);
      assertBorrowed(archive, "w");
    }
  }

  private static void assertBorrowed(ModelArchive archive, String content) {
    try (ModelArchive.Loan loan = archive.borrow()) {
      assertThat(loan.directory().resolve("w.pth")).hasContent(content);
    }
  }

  @Test
  void aReaderThatIsInterruptedTakesTheArchiveFromNobody() throws IOException {
    zip(new PackedZip().file("w.pth", "w"));
    try (ModelArchive archive = store(directory).open("x.mar")) {
      archive.borrow().close();
      Thread.currentThread().interrupt();
      assertBorrowed(archive, "w");
      assertThat(Thread.interrupted()).isTrue();
      assertBorrowed(archive, "w");
    }
  }

  @Test
  void anArchiveThatWasWrittenToIsNotUnpackedAgain() throws IOException {
    zip(new PackedZip().file("w.pth", "w"));
    try (ModelArchive archive = store(directory).open("x.mar")) {
      archive.borrow().close();
      zip(new PackedZip().file("w.pth", "of another size"));
      assertThatThrownBy(archive::borrow)
          .hasMessage(
              "x.mar: needed again, but was written to since its model was registered (expected: as it was; unregister the model and register it anew)")
          .hasFieldOrPropertyWithValue("code", ErrorCode.INTERNAL);
      assertThat(temporary).isEmptyDirectory();
    }
  }

  @Test
  void nothingIsUnpackedOfAnArchiveThatWasClosed() throws IOException {
    zip(new PackedZip().file("w.pth", "w"));
    ModelArchive archive = store(directory).open("x.mar");
    archive.borrow().close();
    archive.close();
    assertThatThrownBy(archive::borrow).isInstanceOf(ServingException.class);
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aPlainDirectoryIsNeverDeleted() throws IOException {
    Path file = Files.createDirectories(directory.resolve("plain")).resolve("w.pth");
    Files.writeString(file, "w");
    try (ModelArchive archive = store(directory).open("plain")) {
      archive.borrow().close();
      assertThat(file).exists();
    }
    assertThat(file).exists();
  }

  @Test
  void anArchiveCanBeOpenedTwiceAtOnce() throws IOException {
    zip(new PackedZip().file("w.pth", "w"));
    ModelArchive first = store(directory).open("x.mar");
    ModelArchive second = store(directory).open("x.mar");
    first.close();
    assertThat(second.directory().resolve("w.pth")).exists();
    second.close();
  }

  @Test
  void aTemporaryDirectoryThatCannotBeMadeIsTheServersFault() throws IOException {
    zip(new PackedZip().file("w.pth", "w"));
    Files.writeString(temporary, "a file");
    assertThatThrownBy(() -> store(directory).open("x.mar"))
        .hasMessageStartingWith("no directory to unpack into: ")
        .hasFieldOrPropertyWithValue("code", ErrorCode.INTERNAL);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> store(directory).open("x.mar").close())
        .hasMessage(message)
        .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_MODEL);
    assertThat(temporary).isEmptyDirectory();
  }

  private void zip(PackedZip zip) throws IOException {
    Files.write(directory.resolve("x.mar"), zip.bytes());
  }

  private ModelStore store(Path path) {
    return new ModelStore(
        new StoreSettings(Optional.of(path), temporary, ExtractionLimits.DEFAULT));
  }
}
