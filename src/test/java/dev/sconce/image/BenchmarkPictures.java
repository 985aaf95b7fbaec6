package dev.sconce.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * How long one thread takes to decode the given pictures and to resize them to 224 x 224, once
 * warm: {@code BenchmarkPictures photo.jpg ...} prints the shortest mean of many rounds. To be set
 * beside Pillow in the same minutes, on the same processor: {@code Image.open(f).convert("RGB")}
 * and {@code resize((224, 224), Image.BILINEAR)}.
 */
final class BenchmarkPictures {
  private static final int ROUNDS = 30;
  private static final int WARM_UP_ROUNDS = 10;
  private static final long ROUND_NANOS = 200_000_000;

  /** Printed at the end, so that the compiler leaves nothing out. */
  private static int seen;

  private BenchmarkPictures() {}

  public static void main(String[] paths) throws IOException {
    ImageDecoder decoder = new ImageDecoder(ImageDecoder.MOST_PIXELS);
    for (String path : paths) {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(Path.of(path)));
      RgbImage image = decoder.decode(bytes);
      System.out.printf(
          "%s %d x %d: decode %.2f ms, resize %.2f ms%n",
          path,
          image.width(),
          image.height(),
          milliseconds(() -> decoder.decode(bytes)),
          milliseconds(() -> PilResize.resize(image, 224, 224)));
    }
    System.out.println("Sum of first bytes: " + seen);
  }

  private static double milliseconds(Supplier<RgbImage> work) {
    double shortest = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      int count = 0;
      long start = System.nanoTime();
      long spent = 0;
      while (spent < ROUND_NANOS) {
        seen += work.get().pixels()[0];
        count++;
        spent = System.nanoTime() - start;
      }
      if (round >= WARM_UP_ROUNDS) {
        shortest = Math.min(shortest, spent / 1e6 / count);
      }
    }
    return shortest;
  }
}
