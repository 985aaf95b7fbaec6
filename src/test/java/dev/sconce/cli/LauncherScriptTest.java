package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.cli.LauncherFixture.Run;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
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
  private final LauncherFixture fixture;
  private final Path root;
  private final Path tools;

  LauncherScriptTest(@TempDir Path directory) throws IOException {
    fixture = new LauncherFixture(directory);
    root = fixture.root;
    tools = fixture.tools;
  }

  @Test
  void argumentsArePassedOnAsTheyAre() throws Exception {
    fixture.built();
    Run run =
        fixture.run(fixture.launcher(), Map.of(), "--model-name", "a b", "*", "", "--handler=x\"y");
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("[-jar]\n[" + root + "/target/sconce.jar]\n[torch-model-archiver]\n")
        .endsWith("[--model-name]\n[a b]\n[*]\n[]\n[--handler=x\"y]\n");
    assertThat(run.exit()).isZero();
  }

  @Test
  void torchserveAndServeStartTheServerWithFurtherArgumentsLast() throws Exception {
    fixture.built();
    String jar = "[-jar]\n[" + root + "/target/sconce.jar]\n[torchserve]\n";
    Run torchserve = fixture.run(root.resolve("scripts/torchserve"), Map.of(), "--start", "--ncs");
    assertThat(torchserve.out()).endsWith(jar + "[--start]\n[--ncs]\n");
    Run serve =
        fixture.run(root.resolve("scripts/serve"), Map.of(), "--ts-config", "own.properties");
    assertThat(serve.out())
        .contains(jar + "[--start]\n[--foreground]\n[--ncs]\n")
        .contains("[--model-store]\n[" + root + "/sample/models]\n[--models]\n[all]\n")
        .contains("[--ts-config]\n[" + root + "/config.properties]\n[--when-ready]\n")
        .contains(
            "curl -F left=@" + root.toString().replace(" ", "\\ ") + "/sample/pictures/cat1.jpg")
        .contains(" {address}/predictions/siamese")
        .contains(" {address}/predictions/fastunet")
        .contains(" {address}/predictions/drawings")
        .endsWith("[--ts-config]\n[own.properties]\n");
  }

  @Test
  void tempNamesTheDirectoryForTemporaryFiles() throws Exception {
    fixture.built();
    Path torchserve = root.resolve("scripts/torchserve");
    assertThat(fixture.run(torchserve, Map.of("TEMP", tools.toString()), "--stop").out())
        .contains("[-Djava.io.tmpdir=" + tools + "]\n[-jar]\n");
    Run missing = fixture.run(torchserve, Map.of("TEMP", "/no/such"), "--stop");
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.err())
        .isEqualTo("Invalid temp directory: /no/such, please check TEMP environment variable.\n");
  }

  @Test
  void itFindsItsJarThroughLinks() throws Exception {
    fixture.built();
    Path direct = Files.createSymbolicLink(tools.resolve("direct"), fixture.launcher());
    Path relative = Files.createSymbolicLink(tools.resolve("relative"), Path.of("direct"));
    assertThat(fixture.run(relative, Map.of()).out()).contains("[" + root + "/target/sconce.jar]");
    assertThat(fixture.run(direct, Map.of()).out()).contains("[" + root + "/target/sconce.jar]");
  }

  @Test
  void namesBeyondAsciiWorkWithoutALocale() throws Exception {
    fixture.built();
    assertThat(fixture.run(fixture.launcher(), Map.of()).out()).startsWith("locale C.UTF-8\n");
    assertThat(fixture.run(fixture.launcher(), Map.of("LC_ALL", "POSIX")).out())
        .startsWith("locale C.UTF-8\n");
    assertThat(fixture.run(fixture.launcher(), Map.of("LANG", "de_DE.UTF-8")).out())
        .startsWith("locale \n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "17.0.15", "21.0.1", "26-ea"})
  void javaOf17OrNewerWillDo(String version) throws Exception {
    fixture.built();
    assertThat(fixture.run(fixture.launcher(), Map.of("FAKE_JAVA", version)).exit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.8.0_301", "11.0.2", "16", "9-internal", "16.9.9"})
  void anOlderJavaIsNamedWithWhatIsNeededAndHowToGetIt(String version) throws Exception {
    fixture.built();
    Run run = fixture.run(fixture.launcher(), Map.of("FAKE_JAVA", version));
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
    fixture.built();
    Files.delete(tools.resolve("java"));
    Run run = fixture.run(fixture.launcher(), Map.of());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).startsWith("Sconce needs Java 17 or newer, but found none.\n");
  }

  @Test
  void aJavaThatDoesNotRunIsSaid() throws Exception {
    fixture.built();
    fixture.program("java", "#!/bin/sh\necho 'Unable to locate a Java Runtime.' >&2\nexit 1\n");
    Run run = fixture.run(fixture.launcher(), Map.of());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("Sconce needs Java 17 or newer, but found Java of unknown version: ");
  }

  @Test
  void javaHomeComesFirstAndMustHoldAJava() throws Exception {
    fixture.built();
    Run wrong = fixture.run(fixture.launcher(), Map.of("JAVA_HOME", "/nowhere"));
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.err())
        .startsWith("JAVA_HOME is /nowhere, but there is no /nowhere/bin/java.\n");

    Path home = Files.createDirectories(root.resolve("home/bin"));
    Files.move(tools.resolve("java"), home.resolve("java"));
    assertThat(
            fixture
                .run(fixture.launcher(), Map.of("JAVA_HOME", root.resolve("home").toString()))
                .exit())
        .isZero();
  }

  @Test
  void withoutAJarItIsBuiltFirstAndTheStepsAreShown() throws Exception {
    Run run = fixture.run(fixture.launcher(), Map.of(), "--help");
    assertThat(run.err())
        .isEqualTo(
            """
            Building Sconce, on first use only. Maven may have to download a few hundred megabytes.
              maven-compiler-plugin:3.14.1:compile
              downloading b-1.jar
              serving the sample models once, so that servers start faster
            """);
    assertThat(run.out()).endsWith("[--help]\n");
    assertThat(run.exit()).isZero();
    assertThat(root.resolve("target/.building")).doesNotExist();
    assertThat(fixture.run(fixture.launcher(), Map.of()).err()).isEmpty();
  }

  @Test
  void whatIsBuiltServesTheSamplesOnceAndServersMapTheClassesThatTook() throws Exception {
    fixture.serving("printf '%s\\n' \"$*\" >>'" + root + "/asked'");
    Path torchserve = root.resolve("scripts/torchserve");
    Path archive = root.resolve("target/sconce-17.0.9.jsa");
    String mapped = "\n[-XX:SharedArchiveFile=" + archive + "]\n[-Xlog:cds*=off]\n[-jar]\n";
    Map<String, String> java = Map.of("FAKE_JAVA", "17.0.9");
    assertThat(fixture.run(torchserve, java).out()).contains(mapped);
    assertThat(Files.readString(root.resolve("asked")))
        .contains(
            "http://127.0.0.1:18080/predictions/siamese", "/sample/pictures/cat1.jpg", "/drawings");
    assertThat(fixture.run(torchserve, java).out()).contains(mapped);
    assertThat(fixture.run(torchserve, Map.of("FAKE_JAVA", "21")).out()).doesNotContain("Shared");
    Files.setLastModifiedTime(
        root.resolve("target/sconce.jar"), FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(fixture.run(torchserve, java).out()).doesNotContain("Shared");
  }

  @Test
  void whereTheSamplesAreNotAnsweredItIsBuiltAllTheSame() throws Exception {
    fixture.serving("exit 7\n");
    Run run = fixture.run(root.resolve("scripts/torchserve"), Map.of());
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("[-jar]").doesNotContain("Shared");
    assertThat(root.resolve("target/sconce-17.jsa")).doesNotExist();
  }

  @Test
  void aJarOlderThanItsSourcesIsBuiltAnewOnce() throws Exception {
    fixture.built();
    Path jar = root.resolve("target/sconce.jar");
    Path source = Files.createDirectories(root.resolve("src/main")).resolve("A.java");
    Files.createFile(source);
    Files.createFile(root.resolve("pom.xml"));
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    assertThat(fixture.run(fixture.launcher(), Map.of()).err())
        .startsWith("Building Sconce anew, for its sources have changed.\n");
    Files.setLastModifiedTime(source, FileTime.from(Instant.EPOCH));
    Files.setLastModifiedTime(root.resolve("pom.xml"), FileTime.from(Instant.EPOCH));
    assertThat(fixture.run(fixture.launcher(), Map.of()).err()).isEmpty();
  }

  @Test
  void aFailedBuildShowsTheEndOfItsLogAndLeavesNoJar() throws Exception {
    Run run = fixture.run(fixture.launcher(), Map.of("FAKE_EXIT", "3"));
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
    fixture.built();
    Path lock = Files.createDirectory(root.resolve("target/.building"));
    Process process = fixture.start(fixture.launcher(), Map.of(), Redirect.PIPE);
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
    Run run = fixture.run(fixture.launcher(), Map.of("FAKE_MAVEN", version));
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .startsWith(
            "To be built, Sconce needs Maven 3.6.3 or newer, but found %s.\n".formatted(version))
        .contains("apt-get install maven", "dnf install maven", "brew install maven");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.6.3", "3.10.0", "4.0.0-rc-3"})
  void mavenOf363OrNewerWillDo(String version) throws Exception {
    assertThat(fixture.run(fixture.launcher(), Map.of("FAKE_MAVEN", version)).exit()).isZero();
  }

  @Test
  void aMissingMavenOrCompilerIsSaid() throws Exception {
    Files.delete(tools.resolve("mvn"));
    assertThat(fixture.run(fixture.launcher(), Map.of()).err())
        .startsWith("To be built, Sconce needs Maven 3.6.3 or newer, but found none.\n");
    Files.delete(tools.resolve("javac"));
    assertThat(fixture.run(fixture.launcher(), Map.of()).err())
        .startsWith("To be built, Sconce needs a JDK, but " + tools.resolve("java"));
  }
}
