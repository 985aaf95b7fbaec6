package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FailuresLeakNothingTest {
  /** DJL leaves 32. A tensor that libtorch keeps takes 300, even if its numbers are elsewhere. */
  private static final int MOST_BYTES_OF_A_CALL = 150;

  /** A body that is kept takes 20,000. */
  private static final int MOST_BYTES_OF_A_REQUEST = 5_000;

  /**
   * A module that is kept takes 300,000. The JVM itself leaves up to 12,000, the less the more
   * often it has done the same.
   */
  private static final int MOST_BYTES_OF_A_REGISTRATION = 50_000;

  @TempDir Path directory;

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "only glibc counts its memory")
  void thousandsOfFailuresLeaveNativeMemoryAsItWasAndNoFile() throws Exception {
    assertThat(NativeHeap.bytesInUse()).as("glibc counts its memory").isPresent();
    List<String> lines = run();
    assertThat(lines).hasSize(29);
    lines.subList(0, 18).forEach(line -> assertLeaves(line, MOST_BYTES_OF_A_CALL));
    lines.subList(18, 23).forEach(line -> assertLeaves(line, MOST_BYTES_OF_A_REQUEST));
    lines.subList(23, 29).forEach(line -> assertLeaves(line, MOST_BYTES_OF_A_REGISTRATION));
    try (Stream<Path> files = Files.list(directory.resolve("temporary"))) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.startsWith("sconce"));
    }
  }

  private static void assertLeaves(String line, long bytes) {
    long left = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    assertThat(left).as(line).isLessThan(bytes);
  }

  private List<String> run() throws Exception {
    Path output = directory.resolve("output.txt");
    Process calls =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The second compiler and G1 take and give back megabytes of their own.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + Files.createDirectory(directory.resolve("temporary")),
                "-Dsconce.test.device=" + System.getProperty("sconce.test.device", "cpu"),
                "-cp",
                System.getProperty("java.class.path"),
                FailingCalls.class.getName(),
                Files.createDirectory(directory.resolve("models")).toString())
            .redirectError(directory.resolve("errors.txt").toFile())
            .redirectOutput(output.toFile())
            .start();
    assertThat(calls.waitFor()).as(Files.readString(directory.resolve("errors.txt"))).isZero();
    return Files.readAllLines(output).stream()
        .filter(line -> line.matches("\\w+ \\d+ -?\\d+"))
        .toList();
  }
}
