package dev.sconce.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sconce.handler.HandlerContext;
import dev.sconce.network.DynamicUnet;
import dev.sconce.network.Methods;
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
  private final PictureSettings pictures;
  private final Map<String, Object> facts;

  private UnetModule(TorchModule module, PictureSettings pictures, Map<String, Object> facts) {
    this.module = module;
    this.pictures = pictures;
    this.facts = facts;
  }

  /**
   * Finds the weights in the model's directory, writes the network they make and loads it.
   *
   * @throws dev.sconce.error.ServingException {@code INVALID_MODEL} if they make none or a setting
   *     is wrong, {@code OUT_OF_MEMORY} if the device has no room for it
   */
  static UnetModule load(HandlerContext context, ModuleFactory modules) throws IOException {
    UnetWeights found = UnetWeights.of(context);
    UnetSettings settings = UnetSettings.of(context.settings(), found.learner());
    DynamicUnet network = DynamicUnet.infer(found.weights(), settings.options());
    ModuleFactory.Written written =
        modules.load(
            context, network.summary(), network::write, 1, settings.pictures().fixedSize());
    Map<String, Object> facts = new LinkedHashMap<>(written.facts());
    facts.putAll(settings.facts());
    return new UnetModule(written.module(), settings.pictures(), facts);
  }

  /** What is to be done with pictures. */
  PictureSettings pictures() {
    return pictures;
  }

  /** What to tell people of the network and of what is done with pictures. */
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
              return module.run(Methods.FORWARD, scope, input).get(0).toByteArray();
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
