package dev.sconce.vision;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerContext;
import dev.sconce.image.PictureSize;
import dev.sconce.network.Classifier;
import dev.sconce.network.Methods;
import dev.sconce.torch.ScriptValue;
import dev.sconce.torch.TorchModule;
import dev.sconce.weights.StateDict;
import dev.sconce.weights.WeightsFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A module that is asked about pictures, as all workers on one device share it: the user's own
 * TorchScript, or one that was written from a classifier's state dict. Safe from several threads;
 * {@link dev.sconce.handler.SharedResources} closes it.
 */
final class PictureModule implements AutoCloseable {
  private final TorchModule module;
  private final String fileName;
  private final boolean takesList;

  /** What a written network is; empty for the user's own TorchScript. */
  private final Map<String, Object> written;

  private PictureModule(TorchModule module, String fileName, Map<String, Object> written) {
    this.module = module;
    this.fileName = fileName;
    this.written = written;
    this.takesList =
        module
            .declaration(Methods.FORWARD)
            .filter(declaration -> declaration.matches("forward\\([^,]+, Tensor\\[].*"))
            .isPresent();
  }

  /**
   * Finds the model's file and loads the module in it, or writes and loads the classifier that its
   * state dict belongs to.
   *
   * @param size of the pictures that it will be asked about, if all have one
   * @throws ServingException {@code INVALID_MODEL} if there is none, if it is the state dict of
   *     another network, or libtorch cannot load it; {@code OUT_OF_MEMORY} if the device has no
   *     room for it
   */
  static PictureModule load(
      HandlerContext context, ModuleFactory modules, Optional<PictureSize> size)
      throws IOException {
    return load(
        context, modules, (of, summary, network) -> modules.load(of, summary, network, 1, size));
  }

  /**
   * As {@link #load}, for {@link #gradients}.
   *
   * @throws ServingException as {@link #load}
   */
  static PictureModule loadDifferentiable(HandlerContext context, ModuleFactory modules)
      throws IOException {
    return load(context, modules, modules::loadDifferentiable);
  }

  private static PictureModule load(
      HandlerContext context, ModuleFactory modules, ModuleFactory.Writer writer)
      throws IOException {
    Path file = context.modelFile();
    String name = file.getFileName().toString();
    if (WeightsFormat.of(file) == WeightsFormat.TORCHSCRIPT) {
      return new PictureModule(modules.loadScript(file, context.device()), name, Map.of());
    }
    Classifier network = Classifier.infer(StateDict.read(file));
    ModuleFactory.Written written = writer.load(context, network.summary(), network::write);
    return new PictureModule(written.module(), name, written.facts());
  }

  /**
   * Whether pictures of one call may differ in size: torchvision's scripted detectors take a list.
   */
  boolean takesList() {
    return takesList;
  }

  /** The file that it was loaded from. */
  String fileName() {
    return fileName;
  }

  /** What to tell people of the module. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("module", fileName);
    facts.putAll(written);
    facts.put("moduleTakes", takesList ? "a list of float32 CHW" : "float32 NCHW");
    return facts;
  }

  /**
   * Runs the module on pictures.
   *
   * @param pixels float32 in a direct buffer in native order, one picture after the other; not kept
   * @param shapes of the pictures, mostly {@code [3, height, width]}; all alike unless {@link
   *     #takesList}
   * @param reader makes plain values of the answer
   * @throws ServingException {@code OUT_OF_MEMORY} if the device has no room for it; {@code
   *     INTERNAL} if the module fails, with libtorch's reason and its exception as cause
   */
  <R> R ask(ByteBuffer pixels, List<List<Long>> shapes, Function<ModuleAnswer, R> reader) {
    String question = fileName + ": " + Methods.FORWARD + "(" + describe(shapes) + ")";
    try {
      return module.compute(
          scope -> {
            ScriptValue answer =
                takesList
                    ? module.callWithList(Methods.FORWARD, scope, apart(scope, pixels, shapes))
                    : module.call(Methods.FORWARD, scope, together(scope, pixels, shapes));
            return reader.apply(new ModuleAnswer(question, answer, shapes.size()));
          });
    } catch (EngineException e) {
      throw new ServingException(
          ErrorCode.INTERNAL, question + " failed: " + TorchModule.reason(e), e);
    }
  }

  /**
   * How numbers that the module gives change with the values of the pictures that it is given.
   *
   * @param pixels as {@link #ask} takes them
   * @param shapes of the pictures, all alike
   * @param picked of the module's answer one number for each picture
   * @return the gradients, in the order of {@code pixels}
   * @throws ServingException {@code BAD_REQUEST} if the module cannot be differentiated; {@code
   *     OUT_OF_MEMORY} if the device has no room; {@code INTERNAL} if the module fails, or going
   *     back through it does
   */
  float[] gradients(
      ByteBuffer pixels, List<List<Long>> shapes, Function<ModuleAnswer, NDArray> picked) {
    String question = fileName + ": " + Methods.FORWARD + "(" + describe(shapes) + ")";
    if (takesList) {
      throw notDifferentiable(question, "a module that takes a tensor");
    }
    try {
      return module.compute(
          scope -> {
            NDArray input = together(scope, pixels, shapes);
            return module
                .gradient(
                    Methods.FORWARD,
                    scope,
                    input,
                    output ->
                        picked.apply(
                            new ModuleAnswer(
                                question, new ScriptValue.Array(output), shapes.size())))
                .map(gradient -> asSent(gradient, shapes.get(0)).toFloatArray())
                .orElseThrow(
                    () ->
                        notDifferentiable(
                            question, "floating point operations from the picture to the answer"));
          });
    } catch (EngineException e) {
      throw new ServingException(
          ErrorCode.INTERNAL,
          "the gradient of " + question + " failed: " + TorchModule.reason(e),
          e);
    }
  }

  private static ServingException notDifferentiable(String question, String expected) {
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        question
            + " cannot be differentiated, so there is no explanation (expected: "
            + expected
            + ")");
  }

  private String describe(List<List<Long>> shapes) {
    Stream<Shape> inputs =
        takesList
            ? shapes.stream().map(PictureModule::shape)
            : Stream.of(batch(shapes.size(), shapes.get(0)));
    return inputs
        .map(shape -> ScriptValue.describe(DataType.FLOAT32, shape))
        .collect(Collectors.joining(", "));
  }

  /** Written networks take NHWC: for them, the same numbers seen in that order. */
  private NDArray together(NDManager scope, ByteBuffer pixels, List<List<Long>> shapes) {
    NDArray nchw = scope.create(pixels, batch(shapes.size(), shapes.get(0)), DataType.FLOAT32);
    return takesNhwc(shapes.get(0)) ? nchw.transpose(0, 2, 3, 1) : nchw;
  }

  private NDArray asSent(NDArray gradient, List<Long> shape) {
    return takesNhwc(shape) ? gradient.transpose(0, 3, 1, 2) : gradient;
  }

  private boolean takesNhwc(List<Long> shape) {
    return !written.isEmpty() && shape.size() == 3;
  }

  private static List<NDArray> apart(NDManager scope, ByteBuffer pixels, List<List<Long>> shapes) {
    List<NDArray> pictures = new ArrayList<>();
    int start = pixels.position();
    for (List<Long> sides : shapes) {
      Shape shape = shape(sides);
      int bytes = Math.toIntExact(shape.size() * Float.BYTES);
      ByteBuffer own = pixels.slice(start, bytes).order(ByteOrder.nativeOrder());
      pictures.add(scope.create(own, shape, DataType.FLOAT32));
      start += bytes;
    }
    return pictures;
  }

  private static Shape batch(int pictures, List<Long> sides) {
    return new Shape(
        LongStream.concat(LongStream.of(pictures), sides.stream().mapToLong(Long::longValue))
            .toArray());
  }

  private static Shape shape(List<Long> sides) {
    return new Shape(sides.stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public void close() {
    module.close();
  }
}
