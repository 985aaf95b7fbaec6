package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A copy of the repository's launchers, and the only programs they can find: a java and a mvn that
 * say what they were asked to do, and the system's own small ones.
 */
final class LauncherFixture {
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "dirname",
          "env",
          "find",
          "grep",
          "head",
          "mkdir",
          "mktemp",
          "mv",
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
  private static final String SERVING_JAVA =
      """
      #!/usr/bin/env bash
      case $* in
        *-XX:ArchiveClassesAtExit=*) ;;
        *) exec %s "$@" ;;
      esac
      for argument; do
        case $argument in -XX:ArchiveClassesAtExit=*) archive=${argument#*=} ;; esac
      done
      trap 'echo classes >"$archive"; exit' TERM
      echo "main ModelServer - Listening on [http://127.0.0.1:18080, http://127.0.0.1:18081]"
      echo "All are ready"
      while true; do sleep 0.1; done
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

  /** The copy of the repository; its path has a space in it. */
  final Path root;

  /** The one directory of the launchers' {@code PATH}. */
  final Path tools;

  /** What a run printed, and its exit code. */
  record Run(int exit, String out, String err) {}

  LauncherFixture(Path directory) throws IOException {
    root = Files.createDirectories(directory.toRealPath().resolve("my clone"));
    tools = Files.createDirectory(directory.toRealPath().resolve("tools"));
    for (String file :
        List.of(
            "scripts/serve",
            "scripts/torchserve",
            "scripts/torch-model-archiver",
            "scripts/lib/classes.sh",
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

  /** The launcher most tests run: they all share what is tested. */
  Path launcher() {
    return root.resolve("scripts/torch-model-archiver");
  }

  /** Puts a jar where the build would. */
  void built() throws IOException {
    Files.createDirectories(root.resolve("target"));
    Files.createFile(root.resolve("target/sconce.jar"));
  }

  /** Has java serve the samples once they are built, and curl ask for them. */
  void serving(String curl) throws IOException {
    Files.move(tools.resolve("java"), tools.resolve("java-that-tells"));
    program("java", SERVING_JAVA.formatted("java-that-tells"));
    program("curl", "#!/usr/bin/env bash\n" + curl);
  }

  /** Puts a program where the launchers find it. */
  void program(String name, String script) throws IOException {
    Files.writeString(tools.resolve(name), script);
    assertThat(tools.resolve(name).toFile().setExecutable(true)).isTrue();
  }

  /** Runs a program to its end. */
  Run run(Path program, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path err = root.resolve("err.txt");
    Process process = start(program, environment, Redirect.to(err.toFile()), arguments);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), out, Files.readString(err));
  }

  /** Starts a program; what {@code environment} leaves out has a value that works. */
  Process start(Path program, Map<String, String> environment, Redirect err, String... arguments)
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
