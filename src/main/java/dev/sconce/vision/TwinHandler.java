package dev.sconce.vision;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.image.Normalizer;
import dev.sconce.image.PictureTransform;
import dev.sconce.image.RgbImage;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two pictures in, logits out; with {@code cam=True} the two heat-maps that explain them besides.
 *
 * <p>Parts: {@code left} and {@code right}, pictures; {@code cam}, a yes or no, no if it is
 * missing. The answer is the original service's: a flat JSON list of the logits, then, if asked
 * for, the rows of the left map and the rows of the right map.
 */
final class TwinHandler implements Handler<TwinHandler.Pair, List<Object>> {
  /** The name that register calls and manifests use. */
  static final String NAME = "twin";

  private static final int PLANNING_CALLS = 2;
  private static final PictureTransform ORIGINAL_SIZE = PictureTransform.imageSize(224, 224);

  private final PictureReader reader;
  private final ModuleFactory modules;
  private @Nullable Twin twin;

  private final PictureBatch pixels = new PictureBatch();

  /**
   * Two pictures in the network's size.
   *
   * @param cam whether heat-maps are wanted
   */
  record Pair(RgbImage left, RgbImage right, boolean cam) {}

  /** What {@link #initialize} makes. */
  private record Twin(
      TwinModule module,
      PictureSettings pictures,
      Normalizer normalizer,
      Map<String, Object> facts) {}

  TwinHandler(PictureReader reader, ModuleFactory modules) {
    this.reader = reader;
    this.modules = modules;
  }

  @Override
  public void initialize(HandlerContext context) throws Exception {
    PictureSettings pictures = PictureSettings.of(context.settings(), ORIGINAL_SIZE);
    if (!pictures.sizeIsFixed()) {
      throw context
          .settings()
          .fault("resize", "centerCrop besides, or imageSize: all pictures need one size");
    }
    TwinModule module =
        context.shared().open(NAME, TwinModule.class, () -> TwinModule.load(context, modules));
    Map<String, Object> facts = new LinkedHashMap<>(module.facts());
    facts.putAll(pictures.describe());
    PythonHandler.addDifferences(facts, context, pictures.asTorchvision());
    twin = new Twin(module, pictures, pictures.normalizer(), facts);
    // What does not fit the device shows now, not in a request; and a module's first calls are
    // slow: libtorch plans at the first one and, with what it saw there, again at the second.
    for (int call = 0; call < PLANNING_CALLS; call++) {
      inference(List.of(blank(pictures)));
    }
  }

  private static Pair blank(PictureSettings pictures) {
    RgbImage picture = pictures.transform().apply(new RgbImage(1, 1, new byte[3]));
    return new Pair(picture, picture, true);
  }

  @Override
  public Pair preprocess(Input input) {
    Input parts = JsonParts.spread(input);
    PictureSettings pictures = twin().pictures;
    return new Pair(
        reader.read("left", parts.require("left"), pictures),
        reader.read("right", parts.require("right"), pictures),
        parts.flag("cam", false));
  }

  @Override
  public List<List<Object>> inference(List<Pair> batch) {
    RgbImage first = batch.get(0).left;
    List<Integer> explained =
        IntStream.range(0, batch.size()).filter(i -> batch.get(i).cam).boxed().toList();
    List<RgbImage> leftsThenRights =
        Stream.concat(batch.stream().map(Pair::left), batch.stream().map(Pair::right)).toList();
    ByteBuffer filled = pixels.fill(leftsThenRights, twin().normalizer);
    return twin().module.judge(filled, batch.size(), first.height(), first.width(), explained);
  }

  @Override
  public Output postprocess(Input input, List<Object> judgement) {
    return Output.json(judgement);
  }

  @Override
  public Map<String, Object> describe() {
    return twin().facts;
  }

  private Twin twin() {
    return Objects.requireNonNull(twin, "initialize comes first");
  }
}
