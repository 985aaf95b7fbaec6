package dev.sconce.vision;

import ai.djl.engine.EngineException;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.ClassNames;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import dev.sconce.handler.Part;
import dev.sconce.image.Normalizer;
import dev.sconce.image.RgbImage;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One picture in, what a TorchScript module says of it out: what TorchServe's picture handlers have
 * in common ({@code ts/torch_handler/vision_handler.py}).
 *
 * <p>The picture is the part {@code data}, or else {@code body}, which is the raw body: a file's
 * bytes, or base64; or nested JSON lists of numbers, which the module gets as they are. Pictures of
 * one size go through the module together.
 *
 * @param <R> what the module says of one picture, in plain values
 */
abstract class PictureHandler<R> implements JsonHandler<PictureTensor, R> {
  private static final Logger log = LoggerFactory.getLogger(PictureHandler.class);

  /** What a module is tried with whose pictures have no fixed size. */
  private static final int TRIED_SIDE = 224;

  private static final int PLANNING_CALLS = 2;

  private final PictureSettings defaults;
  private final PictureReader reader;
  private final ModuleFactory modules;
  private final PixelBuffer pixels = new PixelBuffer();
  private @Nullable Model model;

  /** What {@link #initialize} makes. */
  private record Model(
      PictureModule module,
      PictureSettings pictures,
      Normalizer normalizer,
      ClassNames names,
      Map<String, Object> facts) {}

  /**
   * A handler that is not initialized.
   *
   * @param defaults what is done with pictures if {@code model-config.yaml} does not say
   */
  PictureHandler(PictureSettings defaults, PictureReader reader, ModuleFactory modules) {
    this.defaults = defaults;
    this.reader = reader;
    this.modules = modules;
  }

  /**
   * Reads the settings that this handler alone has.
   *
   * @return what to tell people of them
   */
  Map<String, Object> configure(HandlerSettings settings) {
    return Map.of();
  }

  /**
   * Makes plain values of what the module gave.
   *
   * @return one for each picture, in order
   * @throws ServingException {@code INTERNAL} if the module gave anything else than is expected
   */
  abstract List<R> read(ModuleAnswer answer);

  /** The answer's JSON. */
  abstract Object json(R result, ClassNames names);

  @Override
  public final void initialize(HandlerContext context) throws Exception {
    PictureSettings pictures = PictureSettings.of(context.settings(), defaults);
    ClassNames names = ClassNames.in(context.modelDirectory());
    Map<String, Object> own = configure(context.settings());
    PictureModule module =
        context
            .shared()
            .open(
                "module",
                PictureModule.class,
                () -> PictureModule.load(context, modules, pictures.fixedSize()));
    Map<String, Object> facts = new LinkedHashMap<>(module.facts());
    facts.putAll(pictures.describe());
    facts.put("classNames", names.describe());
    facts.putAll(own);
    PythonHandler.addDifferences(facts, context, pictures.asTorchvision());
    model = new Model(module, pictures, pictures.normalizer(), names, facts);
    tryOut(pictures);
  }

  /**
   * What the module cannot do shows now, not in a request; and a module's first calls are slow:
   * libtorch plans at the first one and, with what it saw there, again at the second.
   */
  private void tryOut(PictureSettings pictures) {
    boolean fixed = pictures.sizeIsFixed();
    PictureTensor blank = tensor(blank(pictures));
    try {
      for (int call = 0; call < PLANNING_CALLS; call++) {
        inference(List.of(blank));
      }
    } catch (ServingException e) {
      if (e.code() != ErrorCode.INTERNAL) {
        throw e;
      }
      boolean otherSizesMayDo = !fixed && e.getCause() instanceof EngineException;
      if (!otherSizesMayDo) {
        throw new ServingException(ErrorCode.INVALID_MODEL, e.getMessage(), e);
      }
      log.warn("{}; pictures of other sizes may do", e.getMessage());
    }
  }

  private static RgbImage blank(PictureSettings pictures) {
    boolean fixed = pictures.sizeIsFixed();
    int side = fixed ? 1 : TRIED_SIDE;
    RgbImage black = new RgbImage(side, side, new byte[3 * side * side]);
    return fixed ? pictures.transform().apply(black) : black;
  }

  @Override
  public final PictureTensor preprocess(Input input) {
    Input parts = JsonParts.spreadIfObject(input);
    Part part = parts.require("data", "body");
    String name = parts.part("data").filter(data -> data.size() > 0).isPresent() ? "data" : "body";
    return JsonParts.isList(part)
        ? PictureTensor.ofJson(name, part.text())
        : tensor(reader.read(name, part, model().pictures));
  }

  private PictureTensor tensor(RgbImage picture) {
    return PictureTensor.of(picture, model().normalizer);
  }

  @Override
  public final List<R> inference(List<PictureTensor> batch) {
    return model().module.takesList()
        ? ask(batch)
        : BySize.ask(batch, PictureTensor::shape, this::ask);
  }

  private List<R> ask(List<PictureTensor> pictures) {
    FloatBuffer floats = pixels.clear(pictures.stream().mapToLong(PictureTensor::size).sum());
    pictures.forEach(picture -> picture.writer().accept(floats));
    List<List<Long>> shapes = new ArrayList<>();
    pictures.forEach(picture -> shapes.add(picture.shape()));
    return PictureTensor.blamingCallers(
        pictures, () -> model().module.ask(pixels.bytes(), shapes, this::read));
  }

  @Override
  public final Object result(Input input, R result) {
    return json(result, model().names);
  }

  @Override
  public final Map<String, Object> describe() {
    return model().facts;
  }

  private Model model() {
    return Objects.requireNonNull(model, "initialize comes first");
  }
}
