package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailuresLeakNothingTest {
  /** A tensor that libtorch keeps takes twice as much, even if its numbers are elsewhere. */
  private static final int MOST_BYTES_A_FAILURE = 150;

  @TempDir Path directory;

  @Test
  void tenThousandFailuresOfEachHandlerLeaveNativeMemoryAsItWas() throws Exception {
    assumeTrue(NativeHeap.bytesInUse().isPresent(), "only glibc counts its memory");
    List<String> lines = run();
    assertThat(lines).hasSize(16);
    for (String line : lines) {
      long bytes = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
      assertThat(bytes).as(line).isLessThan(MOST_BYTES_A_FAILURE);
    }
  }

  private List<String> run() throws Exception {
    Path output = directory.resolve("output.txt");
    Process calls =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The second compiler and G1 take and give back megabytes of their own.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
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
