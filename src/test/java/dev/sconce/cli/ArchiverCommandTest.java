package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.archive.ExtractionLimits;
import dev.sconce.archive.ModelArchive;
import dev.sconce.archive.ModelStore;
import dev.sconce.archive.StoreSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * What is expected comes from torch-model-archiver 0.12.0, by {@code scripts/golden/archives.py}.
 */
class ArchiverCommandTest {
  private static final Path RESOURCES = Path.of("src/test/resources/archive");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-05T07:08:09Z"), ZoneOffset.ofHours(1));

  private final Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  ArchiverCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  /** One call of the original: its name, flags, what lay in the export path, its exit code. */
  record Case(String name, List<String> arguments, List<String> before, int exit) {}

  @TestFactory
  Stream<DynamicTest> theSameFlagsLeaveTheSameFilesAndExitCode() throws IOException {
    List<Case> cases =
        new ObjectMapper()
            .readValue(Files.readString(RESOURCES.resolve("cases.json")), new TypeReference<>() {});
    return cases.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> checkCase(c)));
  }

  private void checkCase(Case original) throws IOException {
    Path export = Files.createDirectory(directory.resolve(original.name()));
    for (String file : original.before()) {
      Files.createDirectories(export.resolve(file).resolveSibling("."));
      Files.writeString(export.resolve(file), "old\n");
    }
    Map<String, List<String>> before = ArchiveContents.below(export);

    int exit =
        execute(
            RESOURCES.resolve("input"),
            original.arguments().stream().map(a -> a.replace("{out}", export.toString())).toList());

    assertThat(exit).as(err.toString()).isEqualTo(original.exit());
    Map<String, List<String>> expected =
        exit == 0
            ? ArchiveContents.below(RESOURCES.resolve("original").resolve(original.name()))
            : before;
    assertThat(ArchiveContents.below(export)).isEqualTo(expected);
  }

  @Test
  void theManifestNamesTheTimeInTheClocksZone() throws IOException {
    assertThat(run("--archive-format", "no-archive")).isZero();
    assertThat(Files.readString(directory.resolve("twin/MAR-INF/MANIFEST.json")))
        .contains("\"createdOn\": \"05/03/2026 08:08:09\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "tgz", "no-archive", "zip-store"})
  void whatIsWrittenCanBeServed(String format) throws IOException {
    Files.writeString(directory.resolve("w.pth"), "weights");
    Files.writeString(directory.resolve("c.yaml"), "batchSize: 4");
    Path export = Files.createDirectory(directory.resolve("store"));

    int exit =
        run(
            "--archive-format",
            format,
            "--serialized-file",
            "w.pth",
            "-c",
            "c.yaml",
            "--export-path",
            "store");

    assertThat(exit).as(err.toString()).isZero();
    ModelStore store =
        new ModelStore(
            new StoreSettings(
                Optional.of(export), directory.resolve("tmp"), ExtractionLimits.DEFAULT));
    assertThat(store.list()).hasSize(1);
    try (ModelArchive archive = store.open(store.list().get(0))) {
      assertThat(archive.directory().resolve("w.pth")).hasContent("weights");
      assertThat(archive.manifest().serializedFile()).contains("w.pth");
      assertThat(archive.manifest().handler()).contains("image_classifier");
      assertThat(archive.config().batchSize()).contains(4);
    }
  }

  @ParameterizedTest
  @CsvSource({"com.example.MyHandler", "org.pytorch.MyHandler", "twin", "my_handler$Inner"})
  void namesOfHandlersTheServerHasToKnowPassWithAWarning(String handler) throws IOException {
    assertThat(run("--handler", handler, "--archive-format", "no-archive")).isZero();
    assertThat(Files.readString(directory.resolve("twin/MAR-INF/MANIFEST.json")))
        .contains("\"handler\": \"" + handler + "\"");
    assertThat(err.toString())
        .isEqualTo(
            "torch-model-archiver: warning: --handler: "
                + handler
                + " is no file here, so the server has to know it as a handler or Java class\n");
  }

  @Test
  void aHandlerFileMayNameItsFunctionWithItsExtension() throws IOException {
    Files.writeString(directory.resolve("h.py"), "def f(): pass");
    assertThat(run("--handler", "./h.py:f", "--archive-format", "no-archive")).isZero();
    assertThat(Files.readString(directory.resolve("twin/MAR-INF/MANIFEST.json")))
        .contains("\"handler\": \"h.py:f\"");
    assertThat(directory.resolve("twin/h.py")).exists();
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "none.py, none.py",
    "dir/none, dir/none.py",
    "none:f, none.py",
    "none.py:f, none.py",
    "my-handler, my-handler.py",
    "'', .py"
  })
  void aHandlerThatIsNeitherFileNorNameIsRefused(String handler, String file) {
    assertThat(run("--handler", handler)).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "torch-model-archiver: --handler: "
                + handler
                + " (expected: the existing file "
                + file
                + ", the name of a built-in handler such as image_classifier, or a Java class"
                + " name)\n");
  }

  @Test
  void theHandlersOfTheOtherRuntimeAreItsNamesAndLibraries() throws IOException {
    assertThat(run("--runtime", "LSP", "--handler", "TorchScriptHandler", "-f")).isZero();
    assertThat(run("--runtime", "LSP", "--handler", "image_classifier", "-f")).isEqualTo(1);
    String library = System.getProperty("os.name").startsWith("Mac") ? "my.dylib" : "my.so";
    Files.writeString(directory.resolve(library), "");
    assertThat(run("--runtime", "LSP", "--handler", "my", "-f")).isZero();
    assertThat(ArchiveContents.below(directory).get("twin.mar"))
        .anyMatch(entry -> entry.startsWith(library));
  }

  @Test
  void twoFilesOfOneNameAreRefusedUnlessTheyAreTheSame() throws IOException {
    Files.createDirectories(directory.resolve("a"));
    Files.createDirectories(directory.resolve("b"));
    Files.writeString(directory.resolve("a/x.txt"), "one");
    Files.writeString(directory.resolve("b/x.txt"), "one");
    assertThat(run("--extra-files", "a,b/x.txt")).isZero();

    Files.writeString(directory.resolve("b/x.txt"), "two");
    assertThat(run("--extra-files", "a,b/x.txt", "-f")).isEqualTo(1);
    assertThat(err.toString()).contains("(expected: different names, both would become x.txt)");
  }

  @Test
  void aManifestAmongTheExtraFilesGivesWayToTheNewOne() throws IOException {
    Files.createDirectories(directory.resolve("old/MAR-INF"));
    Files.writeString(directory.resolve("old/MAR-INF/MANIFEST.json"), "old");
    Files.writeString(directory.resolve("old/w.pth"), "w");
    assertThat(run("--extra-files", "old", "--archive-format", "no-archive")).isZero();
    assertThat(directory.resolve("twin/w.pth")).exists();
    assertThat(directory.resolve("twin/MAR-INF/MANIFEST.json")).content().contains("modelName");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "tgz", "no-archive", "zip-store"})
  void aFailureLeavesNothingBehindAndWhatWasThereStays(String format) throws IOException {
    Files.writeString(directory.resolve("twin.mar"), "old");
    Files.writeString(directory.resolve("twin.tar.gz"), "old");
    assertThat(run("--archive-format", format, "-v", "1/2", "-f")).isEqualTo(1);
    assertThat(err.toString()).contains("model.modelVersion: 1/2 (expected: ");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(path -> String.valueOf(path.getFileName())))
          .containsExactlyInAnyOrder("twin.mar", "twin.tar.gz");
    }
    assertThat(directory.resolve("twin.mar")).hasContent("old");
  }

  @Test
  void aConfigurationThisServerWouldRefuseIsPackedWithAWarning() throws IOException {
    Files.writeString(directory.resolve("c.yaml"), "batchSize: 0");
    assertThat(run("--config-file", "c.yaml")).isZero();
    assertThat(err.toString())
        .isEqualTo(
            "torch-model-archiver: warning: c.yaml: batchSize: 0 (expected: a whole number >= 1)\n");
  }

  @Test
  void aNameThatCannotBeAPathIsRefused() {
    assertThat(run("--extra-files", "a\0b")).isEqualTo(1);
    assertThat(err.toString())
        .contains("(expected: a name this locale can write; set LC_ALL=C.UTF-8)");
  }

  @Test
  void directoriesThatLinkToThemselvesAreRefused() throws IOException {
    Path circle = Files.createDirectory(directory.resolve("circle"));
    Files.createSymbolicLink(circle.resolve("again"), circle);
    assertThat(run("--extra-files", "circle")).isEqualTo(1);
    assertThat(err.toString()).startsWith("torch-model-archiver: twin: cannot be packed: ");
  }

  @Test
  void wrongFlagsAreOneLineThatPointsToTheHelp() {
    assertThat(execute(directory, List.of("--model-name", "twin"))).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "torch-model-archiver: Missing required options: '--handler=<handler>',"
                + " '--version=<version>' (see --help)\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void wrongChoicesNameTheRightOnes() {
    assertThat(run("--archive-format", "rar")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--archive-format")
        .contains("rar (expected: one of default, tgz, no-archive, zip-store)");
  }

  @Test
  void theHelpTeachesByExample() {
    assertThat(execute(directory, List.of("--help"))).isZero();
    assertThat(out.toString())
        .contains("Examples:", "--serialized-file encoder_weight.pth", "models?url=twin.mar")
        .contains("Exit code: 0 archive written, 1 not written, 2 wrong flags.");
  }

  @Test
  void successIsOneLine() {
    assertThat(run()).isZero();
    assertThat(out.toString()).isEqualTo("Wrote " + directory.resolve("twin.mar") + " (0 files)\n");
    assertThat(err.toString()).isEmpty();
  }

  /** With a name, a version and a handler, in the temporary directory. */
  private int run(String... further) {
    String[] first = {"--model-name", "twin", "--version", "1.0", "--handler", "image_classifier"};
    return execute(directory, Stream.concat(Arrays.stream(first), Arrays.stream(further)).toList());
  }

  private int execute(Path workingDirectory, List<String> arguments) {
    CommandLine command = ArchiverCommand.commandLine(workingDirectory, CLOCK);
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(arguments.toArray(String[]::new));
  }
}
