package dev.sconce.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.network.DynamicUnet;
import dev.sconce.network.DynamicUnet.Options;
import dev.sconce.network.DynamicUnet.Range;
import dev.sconce.torch.TorchModule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A U-Net in native memory, as all workers on one device share it. Safe from several threads;
 * {@link dev.sconce.handler.SharedResources} closes it.
 */
final class UnetModule implements AutoCloseable {
  private final TorchModule module;
  private final Map<String, Object> facts;

  private UnetModule(TorchModule module, Map<String, Object> facts) {
    this.module = module;
    this.facts = facts;
  }

  /**
   * Finds the weights in the model's directory, writes the network they make and loads it.
   *
   * @throws dev.sconce.error.ServingException {@code INVALID_MODEL} if they make none or a setting
   *     is wrong, {@code OUT_OF_MEMORY} if the device has no room for it
   */
  static UnetModule load(HandlerContext context, ModuleFactory modules) throws IOException {
    Options options = options(context.settings());
    DynamicUnet network = DynamicUnet.infer(UnetWeights.of(context), options);
    ModuleFactory.Written written = modules.load(context, network.summary(), network::write);
    Map<String, Object> facts = new LinkedHashMap<>(written.facts());
    facts.put("blur", options.blur());
    options.yRange().ifPresent(range -> facts.put("yRange", List.of(range.low(), range.high())));
    return new UnetModule(written.module(), facts);
  }

  /** Under fast.ai's own names. */
  private static Options options(HandlerSettings settings) {
    return new Options(
        settings.flag("blur").orElse(Options.DEFAULT.blur()),
        settings.flag("blur_final").orElse(Options.DEFAULT.blurFinal()),
        settings.numbers("y_range", 2).map(bounds -> range(settings, bounds)));
  }

  private static Range range(HandlerSettings settings, List<Double> bounds) {
    if (bounds.get(0) >= bounds.get(1)) {
      throw settings.fault("y_range", "2 numbers, the lower one first");
    }
    return new Range(bounds.get(0), bounds.get(1));
  }

  /** What to tell people of the network. */
  Map<String, Object> facts() {
    return facts;
  }

  /**
   * Segments pictures.
   *
   * @param pixels float32 [pictures, height, width, 3] in a direct buffer in native order,
   *     normalised; not kept
   * @return for each picture uint8 [height, width], the class of each pixel
   * @throws dev.sconce.error.ServingException {@code OUT_OF_MEMORY} if the device has no room for
   *     the batch
   */
  List<byte[]> segment(ByteBuffer pixels, int pictures, int height, int width) {
    byte[] classes =
        module.compute(
            scope -> {
              Shape shape = new Shape(pictures, height, width, 3);
              NDArray input = scope.create(pixels, shape, DataType.FLOAT32);
              return module.run(DynamicUnet.FORWARD, scope, input).get(0).toByteArray();
            });
    int each = height * width;
    List<byte[]> masks = new ArrayList<>(pictures);
    for (int i = 0; i < pictures; i++) {
      masks.add(Arrays.copyOfRange(classes, i * each, (i + 1) * each));
    }
    return masks;
  }

  @Override
  public void close() {
    module.close();
  }
}
