package dev.sconce.vision;

import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.image.Normalizer;
import dev.sconce.image.PictureTransform;
import dev.sconce.image.PngFile;
import dev.sconce.image.RgbImage;
import dev.sconce.torch.TorchEngine;
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

  private final TorchEngine engine;
  private final PictureReader reader;
  private final ModuleFactory modules;
  private @Nullable Twin twin;

  private final PictureBatch pixels = new PictureBatch();

  /**
   * A picture of a request.
   *
   * @param pixels in the network's size
   * @param canvas what its map is to be drawn on, if it is to be drawn
   */
  record Picture(RgbImage pixels, Optional<RgbImage> canvas) {}

  /**
   * Two pictures.
   *
   * @param cam whether heat-maps are wanted
   */
  record Pair(Picture left, Picture right, boolean cam) {}

  /** A pair and what the network says of it. */
  record Judged(Judgement judgement, Pair pair) {}

  /** What {@link #initialize} makes. */
  private record Twin(
      TwinModule module,
      PictureSettings pictures,
      Normalizer normalizer,
      Map<String, Object> facts) {}

  TwinHandler(TorchEngine engine, PictureReader reader, ModuleFactory modules) {
    this.engine = engine;
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
    Picture picture = new Picture(pictures.blank(), Optional.empty());
    return new Pair(picture, picture, true);
  }

  @Override
  public Pair preprocess(Input input) {
    Input parts = JsonParts.spread(input);
    Part left = parts.require("left");
    Part right = parts.require("right");
    boolean cam = parts.flag("cam", false) || input.explain();
    boolean drawn = cam && AcceptHeader.wish(input, PngFile.MEDIA_TYPE).isPresent();
    List<Picture> both =
        engine.both(() -> read("left", left, drawn), () -> read("right", right, drawn));
    return new Pair(both.get(0), both.get(1), cam);
  }

  private Picture read(String name, Part part, boolean drawn) {
    RgbImage decoded = reader.decode(name, part);
    return new Picture(
        reader.fit(name, decoded, twin().pictures),
        drawn ? Optional.of(HeatMapOverlay.canvas(decoded)) : Optional.empty());
  }

  @Override
  public List<Judged> inference(List<Pair> batch) {
    RgbImage first = batch.get(0).left.pixels;
    List<Integer> explained =
        IntStream.range(0, batch.size()).filter(i -> batch.get(i).cam).boxed().toList();
    List<RgbImage> leftsThenRights =
        Stream.concat(batch.stream().map(Pair::left), batch.stream().map(Pair::right))
            .map(Picture::pixels)
            .toList();
    ByteBuffer filled = pixels.fill(leftsThenRights, twin().normalizer);
    List<Judgement> judgements =
        twin().module.judge(filled, batch.size(), first.height(), first.width(), explained);
    return IntStream.range(0, batch.size())
        .mapToObj(i -> new Judged(judgements.get(i), batch.get(i)))
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
    return drawn(judged)
        .map(picture -> Output.bytes(PngFile.MEDIA_TYPE, PngFile.of(picture)))
        .orElseGet(() -> Output.json(result(input, judged)));
  }

  /** Both maps over their pictures, if they are to be drawn. */
  private static Optional<RgbImage> drawn(Judged judged) {
    Optional<RgbImage> left = drawn(judged.pair.left, judged.judgement.leftMap());
    Optional<RgbImage> right = drawn(judged.pair.right, judged.judgement.rightMap());
    return left.flatMap(one -> right.map(other -> HeatMapOverlay.beside(one, other)));
  }

  private static Optional<RgbImage> drawn(Picture picture, List<float[]> map) {
    return picture.canvas.map(canvas -> HeatMapOverlay.draw(canvas, map));
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
