package dev.sconce.vision;

import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import dev.sconce.handler.SharedResources;
import dev.sconce.image.Normalizer;
import dev.sconce.image.Pixels;
import dev.sconce.image.RgbImage;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The two steps of a built-in picture handler that no server of the same network can do without,
 * each alone: a request's pixels, and the network. For benchmarks; belongs to one thread at a time.
 */
public final class BareNetwork {
  private final Callable<?> pixels;
  private final IntFunction<Callable<?>> forward;

  private BareNetwork(Callable<?> pixels, IntFunction<Callable<?>> forward) {
    this.pixels = pixels;
    this.forward = forward;
  }

  /**
   * The steps of a handler.
   *
   * @param handler initialized, and used by this object alone
   * @param shared what it shares with others: the network
   * @param input a request
   * @throws IllegalArgumentException if the handler is none whose steps are known here
   */
  public static BareNetwork of(Handler<?, ?> handler, SharedResources shared, Input input)
      throws Exception {
    if (handler instanceof TwinHandler twin) {
      return of(twin, opened(shared, TwinHandler.NAME, TwinModule.class), input);
    }
    if (handler instanceof UnetHandler unet) {
      return of(unet, opened(shared, UnetHandler.NAME, UnetModule.class), input);
    }
    if (handler instanceof ExplainingClassifier classifier) {
      return of(classifier, opened(shared, "module", PictureModule.class), input);
    }
    throw new IllegalArgumentException(
        handler.getClass().getName()
            + ": its steps are not known (expected: a twin, U-Net or image classifier handler)");
  }

  private static <T extends AutoCloseable> T opened(
      SharedResources shared, String name, Class<T> type) throws Exception {
    return shared.open(
        name,
        type,
        () -> {
          throw new IllegalStateException(name + ": not opened by the handler");
        });
  }

  private static BareNetwork of(TwinHandler handler, TwinModule module, Input input) {
    Normalizer normalizer = PictureSettings.IMAGENET.normalizer();
    TwinHandler.Pair pair = handler.preprocess(input);
    PictureBatch own = new PictureBatch();
    return new BareNetwork(
        () -> {
          TwinHandler.Pair read = handler.preprocess(input);
          return own.fill(List.of(read.left().pixels(), read.right().pixels()), normalizer);
        },
        pairs -> {
          RgbImage left = pair.left().pixels();
          RgbImage right = pair.right().pixels();
          List<RgbImage> pictures =
              IntStream.range(0, 2 * pairs).mapToObj(i -> i < pairs ? left : right).toList();
          ByteBuffer filled = new PictureBatch().fill(pictures, normalizer);
          return () -> module.judge(filled, pairs, left.height(), left.width(), List.of());
        });
  }

  private static BareNetwork of(UnetHandler handler, UnetModule module, Input input) {
    Normalizer normalizer = module.pictures().normalizer();
    Pixels picture = handler.preprocess(input);
    PictureBatch own = new PictureBatch();
    return new BareNetwork(
        () -> own.fill(List.of(handler.preprocess(input)), normalizer),
        pictures -> {
          ByteBuffer filled =
              new PictureBatch().fill(Collections.nCopies(pictures, picture), normalizer);
          return () -> module.segment(filled, pictures, picture.height(), picture.width());
        });
  }

  private static BareNetwork of(ExplainingClassifier handler, PictureModule module, Input input) {
    PictureTensor picture = handler.preprocess(input).tensor();
    PixelBuffer own = new PixelBuffer();
    return new BareNetwork(
        () -> write(own, Collections.nCopies(1, handler.preprocess(input).tensor())),
        pictures -> {
          ByteBuffer filled = write(new PixelBuffer(), Collections.nCopies(pictures, picture));
          List<List<Long>> shapes = Collections.nCopies(pictures, picture.shape());
          return () -> module.ask(filled, shapes, answer -> true);
        });
  }

  private static ByteBuffer write(PixelBuffer buffer, List<PictureTensor> pictures) {
    FloatBuffer floats = buffer.clear(pictures.stream().mapToLong(PictureTensor::size).sum());
    pictures.forEach(picture -> picture.writer().accept(floats));
    return buffer.bytes();
  }

  /** Decodes, resizes and normalises the request's pictures. */
  public Callable<?> pixels() {
    return pixels;
  }

  /**
   * Runs the network on fixed pixels.
   *
   * @param requests how many go through it together
   */
  public Callable<?> forward(int requests) {
    return forward.apply(requests);
  }
}
