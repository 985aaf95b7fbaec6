package dev.sconce.vision;

import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import dev.sconce.handler.Output;
import dev.sconce.image.Normalizer;
import dev.sconce.image.PictureTransform;
import dev.sconce.image.PngFile;
import dev.sconce.image.RgbImage;
import dev.sconce.vision.TwinModule.Judgement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two pictures in, logits out; with {@code cam=True} the two heat-maps that explain them besides.
 *
 * <p>Parts: {@code left} and {@code right}, pictures; {@code cam}, a yes or no, no if it is
 * missing. The answer is the original service's: a flat JSON list of the logits, then, if asked
 * for, the rows of the left map and the rows of the right map. An explanation is the two maps
 * alone: {@code [left, right]}, each a list of rows. Whoever asks for maps and accepts {@code
 * image/png} gets them drawn over the pictures, left beside right.
 */
final class TwinHandler implements JsonHandler<TwinHandler.Pair, TwinHandler.Judged> {
  /** The name that register calls and manifests use. */
  static final String NAME = "twin";

  private static final int PLANNING_CALLS = 2;
  private static final PictureSettings ORIGINAL =
      PictureSettings.imagenet(PictureTransform.imageSize(224, 224));

  private final PictureReader reader;
  private final ModuleFactory modules;
  private @Nullable Twin twin;

  private final PictureBatch pixels = new PictureBatch();

  /**
   * Two pictures in the network's size.
   *
   * @param cam whether heat-maps are wanted
   * @param canvases what the maps are to be drawn on, if they are to be drawn
   */
  record Pair(RgbImage left, RgbImage right, boolean cam, Optional<Canvases> canvases) {}

  /** Both pictures in the size that is drawn on. */
  record Canvases(RgbImage left, RgbImage right) {}

  /** A pair and what the network says of it. */
  record Judged(Judgement judgement, Optional<Canvases> canvases) {}

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
    PictureSettings pictures = PictureSettings.ofOneSize(context.settings(), ORIGINAL);
    TwinModule module =
        context
            .shared()
            .open(
                NAME,
                TwinModule.class,
                () -> TwinModule.load(context, modules, pictures.fixedSize()));
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
    RgbImage picture = pictures.blank();
    return new Pair(picture, picture, true, Optional.empty());
  }

  @Override
  public Pair preprocess(Input input) {
    Input parts = JsonParts.spread(input);
    PictureSettings pictures = twin().pictures;
    RgbImage left = reader.decode("left", parts.require("left"));
    RgbImage right = reader.decode("right", parts.require("right"));
    boolean cam = parts.flag("cam", false) || input.explain();
    Optional<Canvases> canvases =
        cam && AcceptHeader.wish(input, PngFile.MEDIA_TYPE).isPresent()
            ? Optional.of(new Canvases(HeatMapOverlay.canvas(left), HeatMapOverlay.canvas(right)))
            : Optional.empty();
    return new Pair(
        reader.fit("left", left, pictures), reader.fit("right", right, pictures), cam, canvases);
  }

  @Override
  public List<Judged> inference(List<Pair> batch) {
    RgbImage first = batch.get(0).left;
    List<Integer> explained =
        IntStream.range(0, batch.size()).filter(i -> batch.get(i).cam).boxed().toList();
    List<RgbImage> leftsThenRights =
        Stream.concat(batch.stream().map(Pair::left), batch.stream().map(Pair::right)).toList();
    ByteBuffer filled = pixels.fill(leftsThenRights, twin().normalizer);
    List<Judgement> judgements =
        twin().module.judge(filled, batch.size(), first.height(), first.width(), explained);
    return IntStream.range(0, batch.size())
        .mapToObj(i -> new Judged(judgements.get(i), batch.get(i).canvases))
        .toList();
  }

  @Override
  public Object result(Input input, Judged judged) {
    Judgement judgement = judged.judgement;
    if (input.explain()) {
      return List.of(judgement.leftMap(), judgement.rightMap());
    }
    List<Object> flat = new ArrayList<>(judgement.logits());
    flat.addAll(judgement.leftMap());
    flat.addAll(judgement.rightMap());
    return flat;
  }

  @Override
  public Output postprocess(Input input, Judged judged) {
    return judged
        .canvases
        .map(on -> Output.bytes(PngFile.MEDIA_TYPE, PngFile.of(drawn(judged.judgement, on))))
        .orElseGet(() -> Output.json(result(input, judged)));
  }

  private static RgbImage drawn(Judgement judgement, Canvases canvases) {
    return HeatMapOverlay.beside(
        HeatMapOverlay.draw(canvases.left, judgement.leftMap()),
        HeatMapOverlay.draw(canvases.right, judgement.rightMap()));
  }

  @Override
  public boolean explains() {
    return true;
  }

  @Override
  public Map<String, Object> describe() {
    return twin().facts;
  }

  private Twin twin() {
    return Objects.requireNonNull(twin, "initialize comes first");
  }
}
