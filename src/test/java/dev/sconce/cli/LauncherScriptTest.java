package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the launcher in a copy of the repository, with a java and a mvn that only say what they do.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherScriptTest {
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "dirname",
          "env",
          "find",
          "head",
          "mkdir",
          "readlink",
          "rm",
          "rmdir",
          "sed",
          "sleep",
          "tail",
          "tee",
          "touch");
  private static final String JAVA =
      """
      #!/usr/bin/env bash
      if [ "$1" = -version ]; then echo "openjdk version \\"$FAKE_JAVA\\" 2025-04-15" >&2; exit; fi
      echo "locale ${LC_ALL:-}"; for argument; do echo "[$argument]"; done
      """;
  private static final String MVN =
      """
      #!/usr/bin/env bash
      if [ "$2" = -v ]; then echo "Apache Maven $FAKE_MAVEN (abc)"; exit; fi
      echo "[INFO] --- maven-compiler-plugin:3.14.1:compile (default-compile) @ sconce ---"
      echo "Downloading from central: https://example.com/maven2/a/b/1/b-1.jar"
      touch "${3%pom.xml}target/sconce.jar"
      echo "[ERROR] the last line"
      exit "$FAKE_EXIT"
      """;

  private final Path root;
  private final Path tools;

  LauncherScriptTest(@TempDir Path directory) throws IOException {
    this.root = Files.createDirectories(directory.toRealPath().resolve("my clone"));
    this.tools = Files.createDirectory(directory.toRealPath().resolve("tools"));
  }

  /** What a run printed, and its exit code. */
  private record Run(int exit, String out, String err) {}

  @BeforeEach
  void copyTheLauncherAndChooseTheTools() throws IOException {
    for (String file :
        List.of(
            "scripts/serve",
            "scripts/torchserve",
            "scripts/torch-model-archiver",
            "scripts/lib/java.sh")) {
      Files.createDirectories(root.resolve(file).resolveSibling("."));
      Files.copy(Path.of(file), root.resolve(file));
      assertThat(root.resolve(file).toFile().setExecutable(true)).isTrue();
    }
    for (String tool : TOOLS) {
      Path found =
          Stream.of("/usr/bin", "/bin")
              .map(bin -> Path.of(bin, tool))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow();
      program(tool, "#!/bin/sh\nexec " + found + " \"$@\"\n");
    }
    program("java", JAVA);
    program("javac", "#!/usr/bin/env bash\n");
    program("mvn", MVN);
  }

  @Test
  void argumentsArePassedOnAsTheyAre() throws Exception {
    built();
    Run run = run(launcher(), Map.of(), "--model-name", "a b", "*", "", "--handler=x\"y");
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("[-jar]\n[" + root + "/target/sconce.jar]\n[torch-model-archiver]\n")
        .endsWith("[--model-name]\n[a b]\n[*]\n[]\n[--handler=x\"y]\n");
    assertThat(run.exit()).isZero();
  }

  @Test
  void torchserveAndServeStartTheServerWithFurtherArgumentsLast() throws Exception {
    built();
    String jar = "[-jar]\n[" + root + "/target/sconce.jar]\n[torchserve]\n";
    Run torchserve = run(root.resolve("scripts/torchserve"), Map.of(), "--start", "--ncs");
    assertThat(torchserve.out()).endsWith(jar + "[--start]\n[--ncs]\n");
    Run serve = run(root.resolve("scripts/serve"), Map.of(), "--ts-config", "own.properties");
    assertThat(serve.out())
        .contains(jar + "[--start]\n[--foreground]\n[--ncs]\n")
        .contains("[--model-store]\n[" + root + "/sample/models]\n[--models]\n[all]\n")
        .contains("[--ts-config]\n[" + root + "/config.properties]\n[--when-ready]\n")
        .contains(
            "curl -F left=@" + root.toString().replace(" ", "\\ ") + "/sample/pictures/cat1.jpg")
        .contains("http://{address}/predictions/siamese")
        .endsWith("[--ts-config]\n[own.properties]\n");
  }

  @Test
  void itFindsItsJarThroughLinks() throws Exception {
    built();
    Path direct = Files.createSymbolicLink(tools.resolve("direct"), launcher());
    Path relative = Files.createSymbolicLink(tools.resolve("relative"), Path.of("direct"));
    assertThat(run(relative, Map.of()).out()).contains("[" + root + "/target/sconce.jar]");
    assertThat(run(direct, Map.of()).out()).contains("[" + root + "/target/sconce.jar]");
  }

  @Test
  void namesBeyondAsciiWorkWithoutALocale() throws Exception {
    built();
    assertThat(run(launcher(), Map.of()).out()).startsWith("locale C.UTF-8\n");
    assertThat(run(launcher(), Map.of("LC_ALL", "POSIX")).out()).startsWith("locale C.UTF-8\n");
    assertThat(run(launcher(), Map.of("LANG", "de_DE.UTF-8")).out()).startsWith("locale \n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "17.0.15", "21.0.1", "26-ea"})
  void javaOf17OrNewerWillDo(String version) throws Exception {
    built();
    assertThat(run(launcher(), Map.of("FAKE_JAVA", version)).exit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.8.0_301", "11.0.2", "16", "9-internal", "16.9.9"})
  void anOlderJavaIsNamedWithWhatIsNeededAndHowToGetIt(String version) throws Exception {
    built();
    Run run = run(launcher(), Map.of("FAKE_JAVA", version));
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith(
            "Sconce needs Java 17 or newer, but found Java %s: %s.\n"
                .formatted(version, tools.resolve("java")))
        .contains("apt-get install openjdk-17-jdk-headless", "dnf install", "brew install")
        .contains("JAVA_HOME");
  }

  @Test
  void aMissingJavaIsSaid() throws Exception {
    built();
    Files.delete(tools.resolve("java"));
    Run run = run(launcher(), Map.of());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).startsWith("Sconce needs Java 17 or newer, but found none.\n");
  }

  @Test
  void aJavaThatDoesNotRunIsSaid() throws Exception {
    built();
    program("java", "#!/bin/sh\necho 'Unable to locate a Java Runtime.' >&2\nexit 1\n");
    Run run = run(launcher(), Map.of());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("Sconce needs Java 17 or newer, but found Java of unknown version: ");
  }

  @Test
  void javaHomeComesFirstAndMustHoldAJava() throws Exception {
    built();
    Run wrong = run(launcher(), Map.of("JAVA_HOME", "/nowhere"));
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.err())
        .startsWith("JAVA_HOME is /nowhere, but there is no /nowhere/bin/java.\n");

    Path home = Files.createDirectories(root.resolve("home/bin"));
    Files.move(tools.resolve("java"), home.resolve("java"));
    assertThat(run(launcher(), Map.of("JAVA_HOME", root.resolve("home").toString())).exit())
        .isZero();
  }

  @Test
  void withoutAJarItIsBuiltFirstAndTheStepsAreShown() throws Exception {
    Run run = run(launcher(), Map.of(), "--help");
    assertThat(run.err())
        .isEqualTo(
            """
            Building Sconce, on first use only. Maven may have to download a few hundred megabytes.
              maven-compiler-plugin:3.14.1:compile
              downloading b-1.jar
            """);
    assertThat(run.out()).endsWith("[--help]\n");
    assertThat(run.exit()).isZero();
    assertThat(root.resolve("target/.building")).doesNotExist();
    assertThat(run(launcher(), Map.of()).err()).isEmpty();
  }

  @Test
  void aJarOlderThanItsSourcesIsBuiltAnewOnce() throws Exception {
    built();
    Path jar = root.resolve("target/sconce.jar");
    Path source = Files.createDirectories(root.resolve("src/main")).resolve("A.java");
    Files.createFile(source);
    Files.createFile(root.resolve("pom.xml"));
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    assertThat(run(launcher(), Map.of()).err())
        .startsWith("Building Sconce anew, for its sources have changed.\n");
    Files.setLastModifiedTime(source, FileTime.from(Instant.EPOCH));
    Files.setLastModifiedTime(root.resolve("pom.xml"), FileTime.from(Instant.EPOCH));
    assertThat(run(launcher(), Map.of()).err()).isEmpty();
  }

  @Test
  void aFailedBuildShowsTheEndOfItsLogAndLeavesNoJar() throws Exception {
    Run run = run(launcher(), Map.of("FAKE_EXIT", "3"));
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .endsWith(
            "[ERROR] the last line\nSconce could not be built; the end of %s stands above.\n"
                .formatted(root.resolve("target/build.log")));
    assertThat(root.resolve("target/sconce.jar")).doesNotExist();
    assertThat(root.resolve("target/.building")).doesNotExist();
  }

  @Test
  void whileAnotherBuildRunsItWaits() throws Exception {
    built();
    Path lock = Files.createDirectory(root.resolve("target/.building"));
    Process process = start(launcher(), Map.of(), Redirect.PIPE);
    try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
      assertThat(err.readLine())
          .isEqualTo(
              "Waiting for another build of Sconce (if there is none, remove " + lock + ") ...");
      assertThat(process.isAlive()).isTrue();
      Files.delete(lock);
      assertThat(process.waitFor()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.6.2", "3.5", "2.99.99"})
  void anOlderMavenIsNamedWithWhatIsNeededAndHowToGetIt(String version) throws Exception {
    Run run = run(launcher(), Map.of("FAKE_MAVEN", version));
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .startsWith(
            "To be built, Sconce needs Maven 3.6.3 or newer, but found %s.\n".formatted(version))
        .contains("apt-get install maven", "dnf install maven", "brew install maven");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.6.3", "3.10.0", "4.0.0-rc-3"})
  void mavenOf363OrNewerWillDo(String version) throws Exception {
    assertThat(run(launcher(), Map.of("FAKE_MAVEN", version)).exit()).isZero();
  }

  @Test
  void aMissingMavenOrCompilerIsSaid() throws Exception {
    Files.delete(tools.resolve("mvn"));
    assertThat(run(launcher(), Map.of()).err())
        .startsWith("To be built, Sconce needs Maven 3.6.3 or newer, but found none.\n");
    Files.delete(tools.resolve("javac"));
    assertThat(run(launcher(), Map.of()).err())
        .startsWith("To be built, Sconce needs a JDK, but " + tools.resolve("java"));
  }

  private Path launcher() {
    return root.resolve("scripts/torch-model-archiver");
  }

  private void built() throws IOException {
    Files.createDirectories(root.resolve("target"));
    Files.createFile(root.resolve("target/sconce.jar"));
  }

  private void program(String name, String script) throws IOException {
    Files.writeString(tools.resolve(name), script);
    assertThat(tools.resolve(name).toFile().setExecutable(true)).isTrue();
  }

  private Run run(Path program, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path err = root.resolve("err.txt");
    Process process = start(program, environment, Redirect.to(err.toFile()), arguments);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), out, Files.readString(err));
  }

  private Process start(
      Path program, Map<String, String> environment, Redirect err, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(tools.toFile()).redirectError(err);
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder
        .environment()
        .putAll(Map.of("FAKE_JAVA", "17", "FAKE_MAVEN", "3.9.9", "FAKE_EXIT", "0"));
    builder.environment().putAll(environment);
    return builder.start();
  }
}
