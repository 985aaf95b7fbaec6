package dev.sconce.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.weights.InMemory;
import dev.sconce.weights.Shape;
import dev.sconce.weights.StateDict;
import dev.sconce.weights.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Weights and pictures by the formula of {@code scripts/golden/formula.py}, to the bit: full-size
 * networks whose PyTorch answers are kept, without files of a hundred megabytes.
 */
public final class Formula {
  private Formula() {}

  /**
   * A state dict by formula.
   *
   * @param shapes each key's sizes, as the golden file has them
   * @param prefix goes before each key in the formula, so that encoder and head differ
   * @param lastNorm the BatchNorm that ends a residual branch
   */
  public static StateDict stateDict(
      String fileName, JsonNode shapes, String prefix, String lastNorm) {
    return stateDict(fileName, shapes, prefix, lastNorm, ByteBuffer::allocate);
  }

  /**
   * A state dict by formula whose numbers lie in a file, for networks that are larger than the
   * heap.
   *
   * @param file is made; smaller than 2 GiB
   */
  public static StateDict mapped(Path file, JsonNode shapes, String prefix, String lastNorm)
      throws IOException {
    long elements = shapes.valueStream().mapToLong(sizes -> shape(sizes).elementCount()).sum();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      ByteBuffer all = channel.map(FileChannel.MapMode.READ_WRITE, 0, Float.BYTES * elements);
      IntFunction<ByteBuffer> next =
          bytes -> {
            ByteBuffer slice = all.slice(all.position(), bytes);
            all.position(all.position() + bytes);
            return slice;
          };
      return stateDict(file.getFileName().toString(), shapes, prefix, lastNorm, next);
    }
  }

  private static StateDict stateDict(
      String fileName,
      JsonNode shapes,
      String prefix,
      String lastNorm,
      IntFunction<ByteBuffer> memory) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : shapes.properties()) {
      Shape shape = shape(entry.getValue());
      int size = Math.toIntExact(Float.BYTES * shape.elementCount());
      ByteBuffer bytes = memory.apply(size).order(ByteOrder.LITTLE_ENDIAN);
      fill(bytes.asFloatBuffer(), prefix + entry.getKey(), shape, lastNorm);
      tensors.put(entry.getKey(), InMemory.tensor(bytes, shape));
    }
    return InMemory.stateDict(fileName, tensors);
  }

  private static Shape shape(JsonNode sizes) {
    return Shape.of(sizes.valueStream().mapToLong(JsonNode::asLong).toArray());
  }

  private static void fill(FloatBuffer values, String name, Shape shape, String lastNorm) {
    long seed = fnv1a(name);
    DoubleUnaryOperator value = value(name, shape, lastNorm);
    IntStream.range(0, values.limit())
        .parallel()
        .forEach(i -> values.put(i, (float) value.applyAsDouble(uniform(seed, i))));
  }

  private static double bound(Shape shape) {
    double fanIn = 1;
    for (int d = 1; d < shape.rank(); d++) {
      fanIn *= shape.size(d);
    }
    return Math.sqrt(6.0 / fanIn);
  }

  /** What becomes of a number in [0, 1). */
  private static DoubleUnaryOperator value(String name, Shape shape, String lastNorm) {
    if (name.endsWith("num_batches_tracked")) {
      return u -> 0;
    }
    if (name.endsWith("running_var")) {
      return u -> 0.75 + 0.5 * u;
    }
    if (name.endsWith("running_mean") || name.endsWith("bias")) {
      return u -> 0.25 * u - 0.125;
    }
    if (shape.rank() == 1) {
      boolean ends = name.endsWith("." + lastNorm + ".weight");
      return ends ? u -> 0.25 + 0.25 * u : u -> 0.75 + 0.5 * u;
    }
    double bound = bound(shape);
    return u -> (2.0 * u - 1.0) * bound;
  }

  private static long fnv1a(String text) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001B3L;
    }
    return hash;
  }

  /** SplitMix64, the upper 24 bits as a number in [0, 1). */
  private static double uniform(long seed, long index) {
    long z = seed + (index + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z = z ^ (z >>> 31);
    return (z >>> 40) * 0x1p-24;
  }

  /** A smooth picture, uint8 RGB, [height, width, 3]. */
  public static byte[] picture(String name, int height, int width) {
    long seed = fnv1a(name);
    int[] grid = new int[5 * 5 * 3];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = (int) (uniform(seed, i) * 256);
    }
    byte[] pixels = new byte[height * width * 3];
    for (int i = 0; i < pixels.length; i++) {
      int y = i / 3 / width * 4 * 256 / height;
      int x = i / 3 % width * 4 * 256 / width;
      pixels[i] = (byte) interpolate(grid, y, x, i % 3);
    }
    return pixels;
  }

  /** y and x in 256ths of the grid's cells. */
  private static int interpolate(int[] grid, int y, int x, int channel) {
    int corner = (y >> 8) * 15 + (x >> 8) * 3 + channel;
    int fx = x & 255;
    int fy = y & 255;
    int top = grid[corner] * (256 - fx) + grid[corner + 3] * fx;
    int bottom = grid[corner + 15] * (256 - fx) + grid[corner + 18] * fx;
    return (top * (256 - fy) + bottom * fy) >> 16;
  }
}
