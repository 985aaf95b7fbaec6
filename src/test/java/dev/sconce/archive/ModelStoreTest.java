package dev.sconce.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreTest {
  private final Path outside;
  private final Path directory;
  private final Path temporary;
  private final ModelStore store;

  ModelStoreTest(@TempDir Path outside) throws IOException {
    this.outside = outside.toRealPath();
    this.directory = Files.createDirectory(this.outside.resolve("store"));
    this.temporary = this.outside.resolve("tmp");
    this.store =
        new ModelStore(
            new StoreSettings(Optional.of(directory), temporary, ExtractionLimits.DEFAULT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"twin.mar", "sub/twin.mar", "/anywhere/twin.mar", "./twin.mar", "a\\twin.mar"})
  void anArchiveIsFoundByTheLastSegmentOfItsName(String url) throws IOException {
    archive("twin.mar", "twin");
    try (ModelArchive archive = store.open(url)) {
      assertThat(archive.url()).isEqualTo(url);
      assertThat(archive.manifest().modelName()).isEqualTo("twin");
    }
  }

  @Test
  void anArchiveInASubdirectoryIsFoundByItsPathUnlessTheTopHasOneOfThatName() throws IOException {
    archive("sub/twin.mar", "below");
    assertOpens("sub/twin.mar", "below");
    assertOpens(directory + "/sub/twin.mar", "below");
    archive("twin.mar", "top");
    assertOpens("sub/twin.mar", "top");
    assertOpens(directory + "/sub/twin.mar", "below");
    assertOpens(directory + "/none/twin.mar", "top");
  }

  @ParameterizedTest
  @ValueSource(strings = {"noarch", "noarch/", "./noarch", "/anywhere/noarch"})
  void aDirectoryOfTheStoreIsServedInPlace(String url) throws IOException {
    directory("noarch", "plain");
    try (ModelArchive archive = store.open(url)) {
      assertThat(archive.url()).isEqualTo(url);
      assertThat(archive.manifest().modelName()).isEqualTo("plain");
      assertThat(archive.directory()).isEqualTo(directory.resolve("noarch"));
    }
    assertThat(directory.resolve("noarch/weights.pth")).exists();
    assertThat(temporary).doesNotExist();
  }

  @Test
  void aDirectoryDeepInTheStoreIsFoundByItsPath() throws IOException {
    directory("hash/model", "deep");
    assertOpens("hash/model", "deep");
    assertOpens(directory + "/hash/model", "deep");
  }

  @Test
  void theStoreItselfCanBeTheModel() throws IOException {
    directory(".", "whole");
    assertOpens(directory.toString(), "whole");
    assertOpens(".", "whole");
  }

  @Test
  void theOneDirectoryInADirectoryIsTheModel() throws IOException {
    directory("sm/model", "inner");
    Files.writeString(directory.resolve("sm/.DS_Store"), "");
    assertOpens("sm", "inner");
  }

  @Test
  void aStoreBehindALinkIsFoundByEitherPath() throws IOException {
    directory("noarch", "plain");
    Path link = Files.createSymbolicLink(outside.resolve("link"), directory);
    ModelStore linked =
        new ModelStore(new StoreSettings(Optional.of(link), temporary, ExtractionLimits.DEFAULT));
    linked.open(link + "/noarch").close();
    linked.open(directory + "/noarch").close();
    linked.open("noarch").close();
  }

  @Test
  void linksWithinTheStoreAreFollowedAndKeepTheirName() throws IOException {
    Files.write(
        directory.resolve("v2.mar"), new PackedZip().file("weights.pth", "weights").bytes());
    Files.createSymbolicLink(directory.resolve("current.mar"), Path.of("v2.mar"));
    assertOpens("current.mar", "current");

    directory("..data", "mounted");
    Files.createDirectory(directory.resolve("mount"));
    Files.createSymbolicLink(
        directory.resolve("mount/weights.pth"), Path.of("../..data/weights.pth"));
    store.open("mount").close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                   | empty url",
        "../twin.mar          | Relative path is not allowed in url: ../twin.mar",
        "a..b                 | Relative path is not allowed in url: a..b",
        "sub/../../x          | Relative path is not allowed in url: sub/../../x",
        "none.mar             | Model not found at: none.mar",
        "/                    | Model not found at: / (only what lies in the model store can be served)",
        "///                  | Model not found at: /// (only what lies in the model store can be served)",
        "/etc                 | Model not found at: /etc (only what lies in the model store can be served)",
        "/etc/passwd          | Model not found at: /etc/passwd (only what lies in the model store can be served)",
        "s3://bucket/twin.mar | Model not found at: s3://bucket/twin.mar (expected: a file name in"
            + " the model store)"
      })
  void whatIsNotInTheStoreIsNotFound(String url, String message) throws IOException {
    archive("twin.mar", "twin");
    assertRefused(url, ErrorCode.MODEL_NOT_FOUND, message);
  }

  @Test
  void aNameTheFileSystemCannotHaveIsNotFound() {
    assertRefused("a\0.mar", ErrorCode.MODEL_NOT_FOUND, "Model not found at: a\0.mar");
    String longName = "x".repeat(5000) + ".mar";
    assertRefused(longName, ErrorCode.MODEL_NOT_FOUND, "Model not found at: " + longName);
  }

  @Test
  void aDirectoryOutsideTheStoreIsNotFound() throws IOException {
    Path elsewhere = Files.createDirectory(outside.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("weights.pth"), "secret");
    assertRefused(
        elsewhere.toString(),
        ErrorCode.MODEL_NOT_FOUND,
        "Model not found at: " + elsewhere + " (only what lies in the model store can be served)");
  }

  @Test
  void linksThatLeaveTheStoreAreRefused() throws IOException {
    Path secret = Files.write(outside.resolve("x.mar"), new PackedZip().file("a", "a").bytes());
    Path elsewhere = Files.createDirectory(outside.resolve("elsewhere"));
    Files.createSymbolicLink(directory.resolve("x.mar"), secret);
    Files.createSymbolicLink(directory.resolve("elsewhere"), elsewhere);

    String why = " (a link that leaves the model store)";
    assertRefused("x.mar", ErrorCode.MODEL_NOT_FOUND, "Model not found at: x.mar" + why);
    assertRefused("elsewhere", ErrorCode.MODEL_NOT_FOUND, "Model not found at: elsewhere" + why);
    // Listed all the same, so that load_models=all says why it is not served.
    assertThat(store.list()).containsExactly("x.mar");
  }

  @Test
  void linksInADirectoryThatLeaveTheStoreAreRefused() throws IOException {
    Path secret = Files.writeString(outside.resolve("secret"), "secret");
    directory("noarch", "plain");
    directory("other", "other");
    Files.createSymbolicLink(directory.resolve("noarch/to-other"), directory.resolve("other"));
    assertOpens("noarch", "plain");

    Files.createSymbolicLink(directory.resolve("other/w.pth"), secret);
    assertRefused(
        "noarch",
        ErrorCode.INVALID_MODEL,
        "noarch: to-other/w.pth: a link that leaves the model store");
  }

  @Test
  void linksThatLeadNowhereOrInACircleAreRefused() throws IOException {
    directory("broken", "broken");
    Files.createSymbolicLink(directory.resolve("broken/w.pth"), Path.of("none"));
    assertRefused("broken", ErrorCode.INVALID_MODEL, "broken: cannot be read: no such file");

    directory("circle", "circle");
    Files.createSymbolicLink(directory.resolve("circle/again"), directory.resolve("circle"));
    assertRefused(
        "circle",
        ErrorCode.INVALID_MODEL,
        "circle: again: cannot be read: FileSystemLoopException");
  }

  @Test
  void aFileThatIsNoArchiveByItsNameIsRefused() throws IOException {
    Files.write(directory.resolve("weights.pth"), new PackedZip().file("a", "a").bytes());
    assertRefused(
        "weights.pth",
        ErrorCode.INVALID_MODEL,
        "weights.pth: not a model archive (expected: a directory, or a file ending in .mar, .model,"
            + " .tar.gz, .tgz)");
  }

  @Test
  void withoutAStoreNothingIsFound() {
    ModelStore none =
        new ModelStore(new StoreSettings(Optional.empty(), temporary, ExtractionLimits.DEFAULT));
    assertThatThrownBy(() -> none.open("twin.mar"))
        .hasMessage("Model store has not been configured.")
        .hasFieldOrPropertyWithValue("code", ErrorCode.MODEL_NOT_FOUND);
    assertThatThrownBy(none::list).hasMessage("Model store has not been configured.");
  }

  @Test
  void aStoreThatDoesNotExistIsNamed() {
    Path missing = outside.resolve("missing");
    ModelStore none =
        new ModelStore(
            new StoreSettings(Optional.of(missing), temporary, ExtractionLimits.DEFAULT));
    assertThatThrownBy(none::list).hasMessage("Model store path is not found: " + missing);
    assertThatThrownBy(() -> none.open("twin.mar"))
        .hasMessage("Model store path is not found: " + missing);
  }

  @Test
  void theListHasArchivesAndDirectoriesThatLookLikeModelsSorted() throws IOException {
    for (String name : new String[] {"b.mar", "a.model", "c.tar.gz", "d.tgz", ".hidden.mar"}) {
      archive(name, "m");
    }
    Files.writeString(directory.resolve("README.md"), "");
    Files.writeString(directory.resolve("weights.pth"), "");
    directory("noarch", "plain");
    Files.createDirectories(directory.resolve("code"));
    Files.createDirectories(directory.resolve("empty.mar"));
    Files.createDirectories(directory.resolve("configured"));
    Files.writeString(directory.resolve("configured/model-config.yaml"), "");
    Files.createDirectories(directory.resolve("nested/model"));
    Files.writeString(directory.resolve("nested/model/traced.pt"), "");
    Files.createDirectories(directory.resolve("tensors"));
    Files.writeString(directory.resolve("tensors/Model.safetensors"), "");

    assertThat(store.list())
        .containsExactly(
            "a.model", "b.mar", "c.tar.gz", "configured", "d.tgz", "nested", "noarch", "tensors");
  }

  @Test
  void theStoreItselfCanBeOneModelWhateverLiesInIt() throws IOException {
    Files.writeString(directory.resolve("model.pt"), "");
    Files.writeString(directory.resolve(String.valueOf(directory.getFileName())), "");
    try (ModelArchive archive = store.open(directory.toString())) {
      assertThat(archive.directory()).isEqualTo(directory.toRealPath());
    }
  }

  @Test
  void anArchiveInADirectoryWinsOverLooseFilesButNotOverAManifest() throws IOException {
    archive("hash/model/twin.mar", "packed");
    Files.writeString(directory.resolve("hash/model/loose.pth"), "");
    assertOpens(directory + "/hash/model", "packed");
    directory("hash/model", "plain");
    assertOpens(directory + "/hash/model", "plain");
  }

  @Test
  void ofSeveralArchivesInADirectoryNoneIsTaken() throws IOException {
    archive("two/model/a.mar", "a");
    archive("two/model/b.mar", "b");
    assertRefused(
        "two/model", ErrorCode.INVALID_MODEL, "model: [a.mar, b.mar] (expected: one archive)");
  }

  private void assertOpens(String url, String modelName) {
    try (ModelArchive archive = store.open(url)) {
      assertThat(archive.manifest().modelName()).isEqualTo(modelName);
    }
  }

  private void assertRefused(String url, ErrorCode code, String message) {
    assertThatThrownBy(() -> store.open(url).close())
        .isInstanceOf(ServingException.class)
        .hasMessage(message)
        .hasFieldOrPropertyWithValue("code", code);
    if (Files.exists(temporary)) {
      assertThat(temporary).isEmptyDirectory();
    }
  }

  private void archive(String name, String modelName) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.write(file, new PackedZip().file(ManifestJson.FILE, manifest(modelName)).bytes());
  }

  private void directory(String name, String modelName) throws IOException {
    Path model = directory.resolve(name).normalize();
    Files.createDirectories(model.resolve("MAR-INF"));
    Files.writeString(model.resolve(ManifestJson.FILE), manifest(modelName));
    Files.writeString(model.resolve("weights.pth"), "weights");
  }

  private static String manifest(String modelName) {
    return "{\"model\": {\"modelName\": \"" + modelName + "\"}}";
  }
}
