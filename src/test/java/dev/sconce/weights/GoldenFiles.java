package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Files of weights and what PyTorch reads from them, by {@code scripts/golden/weights.py}. */
final class GoldenFiles {
  static final Path ROOT = Path.of("src/test/resources/weights");

  private GoldenFiles() {}

  /** The files of a folder that hold weights. */
  static List<Path> weights(String folder) throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
      return files
          .filter(file -> file.toString().matches(".*\\.(pth|pt|bin|safetensors)"))
          .sorted()
          .toList();
    }
  }

  /** The file beside {@code file} with another ending. */
  static Path beside(Path file, String ending) {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ending);
  }

  /** {@code [2, 3]} as a shape. */
  static Shape shape(String text) {
    return new Shape(
        Arrays.stream(text.split("[\\[\\], ]+"))
            .filter(size -> !size.isEmpty())
            .map(Long::valueOf)
            .toList());
  }

  /** Checks a tensor against its line: name, dtype, shape and values. */
  static void check(Tensor tensor, String[] line) {
    assertThat(tensor.dtype()).as(line[0]).hasToString(line[1]);
    assertThat(tensor.shape()).as(line[0]).isEqualTo(shape(line[2]));
    String[] values = line[3].isEmpty() ? new String[0] : line[3].split(" ");
    if (tensor.dtype().isFloatingPoint()) {
      int[] bits = Arrays.stream(values).mapToInt(v -> Integer.parseUnsignedInt(v, 16)).toArray();
      assertThat(bits(tensor.toFloats())).as(line[0]).isEqualTo(bits);
    } else {
      long[] integers = Arrays.stream(values).mapToLong(GoldenFiles::integer).toArray();
      assertThat(tensor.toLongs()).as(line[0]).isEqualTo(integers);
    }
  }

  private static long integer(String text) {
    return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
  }

  /** The bits of the values, those of every NaN alike. */
  static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }
}
