package dev.sconce.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which libraries lie in the directory that is loaded where there is no NVIDIA driver. */
final class NativeLibrariesTest {
  @TempDir Path cache;

  private Path complete;

  @BeforeEach
  void unpacked() throws IOException {
    complete = Files.createDirectory(cache.resolve("2.5.1-cu124-linux-x86_64"));
  }

  @Test
  void allButTheOneThatNeedsTheDriverAreLinked() throws IOException {
    List<String> files = unpacked("libc10.so", "libcaffe2_nvrtc.so", "libtorch.so");

    Path reduced = NativeLibraries.withoutDriver(complete, files);

    assertThat(names(reduced)).containsExactly("libc10.so", "libtorch.so");
    assertThat(reduced.resolve("libtorch.so")).hasContent("content of libtorch.so");
    assertThat(names(cache)).containsExactly(fileName(complete), fileName(reduced));
  }

  @Test
  void theLinksSurviveAMoveOfTheCache() throws IOException {
    List<String> files = unpacked("libcaffe2_nvrtc.so", "libtorch.so");
    Path reduced = NativeLibraries.withoutDriver(complete, files);

    Path moved = Files.move(cache, cache.resolveSibling("moved"));

    assertThat(moved.resolve(reduced.getFileName()).resolve("libtorch.so")).exists();
    Files.move(moved, cache);
  }

  @Test
  void asksForTheSameDirectoryAgain() throws IOException {
    List<String> files = unpacked("libcaffe2_nvrtc.so", "libtorch.so");

    Path first = NativeLibraries.withoutDriver(complete, files);

    assertThat(NativeLibraries.withoutDriver(complete, files)).isEqualTo(first);
  }

  @Test
  void aLibtorchForTheCpuIsLoadedFromWhereItWasUnpacked() throws IOException {
    List<String> files = unpacked("libc10.so", "libtorch.so");

    assertThat(NativeLibraries.withoutDriver(complete, files)).isEqualTo(complete);
    assertThat(names(cache)).containsExactly(fileName(complete));
  }

  private List<String> unpacked(String... files) throws IOException {
    for (String file : files) {
      Files.writeString(complete.resolve(file), "content of " + file);
    }
    return List.of(files);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(NativeLibrariesTest::fileName).sorted().toList();
    }
  }

  private static String fileName(Path path) {
    return String.valueOf(path.getFileName());
  }
}
