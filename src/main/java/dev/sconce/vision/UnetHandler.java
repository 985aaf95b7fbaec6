package dev.sconce.vision;

import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.image.Normalizer;
import dev.sconce.image.Pixels;
import dev.sconce.image.RgbImage;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A picture in, a class for each of its pixels out, by a fast.ai U-Net.
 *
 * <p>The picture is the part {@code data} or the whole body. The answer is the original service's,
 * {@code {"base64_prediction": "…"}}, or a picture or an array: see {@link MaskForms#answer}. The
 * mask has the network's size, {@code imageSize}, not the sent picture's.
 */
final class UnetHandler implements JsonHandler<Pixels, Mask> {
  /** The name that register calls and manifests use. */
  static final String NAME = "unet";

  private static final int PLANNING_CALLS = 2;

  private final PictureReader reader;
  private final ModuleFactory modules;
  private final PictureBatch pixels = new PictureBatch();
  private @Nullable Unet unet;

  /** What {@link #initialize} makes. */
  private record Unet(
      UnetModule module,
      PictureSettings pictures,
      Normalizer normalizer,
      Map<String, Object> facts) {}

  UnetHandler(PictureReader reader, ModuleFactory modules) {
    this.reader = reader;
    this.modules = modules;
  }

  @Override
  public void initialize(HandlerContext context) throws Exception {
    UnetModule module =
        context.shared().open(NAME, UnetModule.class, () -> UnetModule.load(context, modules));
    PictureSettings pictures = module.pictures();
    Map<String, Object> facts = new LinkedHashMap<>(module.facts());
    PythonHandler.addDifferences(facts, context, pictures.asTorchvision());
    unet = new Unet(module, pictures, pictures.normalizer(), facts);
    // What does not fit the device shows now, not in a request; and a module's first calls are
    // slow: libtorch plans at the first one and, with what it saw there, again at the second.
    RgbImage blank = pictures.blank();
    for (int call = 0; call < PLANNING_CALLS; call++) {
      inference(List.of(blank));
    }
  }

  @Override
  public Pixels preprocess(Input input) {
    Part part = JsonParts.spread(input).require("data", "body");
    RgbImage picture = reader.read("data", part, unet().pictures);
    return reader.resample("data", picture, unet().pictures);
  }

  /** A learner may leave pictures in proportions of their own. */
  @Override
  public List<Mask> inference(List<Pixels> batch) {
    return BySize.ask(
        batch, picture -> List.of((long) picture.height(), (long) picture.width()), this::segment);
  }

  private List<Mask> segment(List<Pixels> batch) {
    int height = batch.get(0).height();
    int width = batch.get(0).width();
    ByteBuffer filled = pixels.fill(batch, unet().normalizer);
    return unet().module.segment(filled, batch.size(), height, width).stream()
        .map(classes -> new Mask(height, width, classes))
        .toList();
  }

  @Override
  public Object result(Input input, Mask mask) {
    return MaskForms.json(mask);
  }

  @Override
  public Output postprocess(Input input, Mask mask) {
    return MaskForms.answer(input, mask);
  }

  @Override
  public Map<String, Object> describe() {
    return unet().facts;
  }

  private Unet unet() {
    return Objects.requireNonNull(unet, "initialize comes first");
  }
}
