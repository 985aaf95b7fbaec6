package dev.sconce.bench;

import dev.sconce.image.ImageDecoder;
import dev.sconce.image.Normalizer;
import dev.sconce.image.PictureTransform;
import dev.sconce.image.RgbImage;
import dev.sconce.image.TensorLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The way of a picture from its file's bytes to a tensor of 224 x 224, in one thread. To be set
 * beside Pillow in the same minutes, on the same processor: {@code Image.open(f).convert("RGB")}
 * and {@code resize((224, 224), Image.BILINEAR)}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class BenchmarkPictures {
  private static final int SIDE = 224;
  private static final PictureTransform TRANSFORM = PictureTransform.imageSize(SIDE, SIDE);

  /** The picture's file. */
  @Param({"sample/pictures/cat1.jpg", "sample/pictures/fish2.png"})
  public String file = "";

  private final ImageDecoder decoder = new ImageDecoder(ImageDecoder.MOST_PIXELS);
  private final Normalizer normalizer =
      new Normalizer(new double[] {0.485, 0.456, 0.406}, new double[] {0.229, 0.224, 0.225});
  private final FloatBuffer floats =
      ByteBuffer.allocateDirect(3 * SIDE * SIDE * Float.BYTES)
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer();
  private ByteBuffer bytes = ByteBuffer.allocate(0);
  private RgbImage picture = new RgbImage(1, 1, new byte[3]);
  private RgbImage small = picture;

  /** Reads the file. */
  @Setup
  public void read() throws IOException {
    bytes = ByteBuffer.wrap(Files.readAllBytes(Path.of(file)));
    picture = decoder.decode(bytes);
    small = TRANSFORM.apply(picture);
  }

  /** The bytes of a file to RGB. */
  @Benchmark
  public RgbImage decode() {
    return decoder.decode(bytes);
  }

  /** RGB of any size to 224 x 224, as Pillow's {@code BILINEAR}. */
  @Benchmark
  public RgbImage resize() {
    return TRANSFORM.apply(picture);
  }

  /** Both. */
  @Benchmark
  public RgbImage decodeAndResize() {
    return TRANSFORM.apply(decoder.decode(bytes));
  }

  /** RGB to float32 [224, 224, 3]. */
  @Benchmark
  public FloatBuffer normalise() {
    normalizer.write(small, TensorLayout.NHWC, floats.clear());
    return floats;
  }
}
