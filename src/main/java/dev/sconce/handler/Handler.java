package dev.sconce.handler;

import java.util.List;
import java.util.Map;

/**
 * Turns requests into answers for one model, in four steps: initialize, preprocess, inference,
 * postprocess.
 *
 * <p><b>Threads.</b> Every worker owns one handler and calls it from its one thread, so a handler
 * needs no locks for its fields. What is heavy and safe to share (the weights above all) is opened
 * through {@link HandlerContext#shared()}, once for all workers of a model version on a device.
 *
 * <p><b>Failures.</b> A {@link dev.sconce.error.ServingException} is the answer its code says, with
 * its message. Anything else a step throws is a 500 with a fixed text; stack and request id go to
 * the log. Preprocessing and postprocessing fail for their request alone. If inference fails for a
 * batch of several, the worker calls it again for each request alone, so one bad request never
 * costs another its answer.
 *
 * <p><b>Native memory</b> lives inside {@link #inference} or behind {@link
 * HandlerContext#shared()}: {@code P} and {@code R} are plain Java values that nobody has to close.
 *
 * <p>A complete handler, of pictures by a TorchScript module; {@code sample/handler} is a project
 * with another, which also collects gradients at a layer ({@code dev.sconce.torch.LayerModule}):
 *
 * <pre>{@code
 * public final class Classify implements Handler<float[], Long> {
 *   private static final int SIDE = 224;
 *
 *   private final ImageDecoder decoder = new ImageDecoder(1 << 26);
 *   private final PictureTransform transform =
 *       PictureTransform.resize(256).withCenterCrop(SIDE, SIDE);
 *   private final Normalizer normalizer =
 *       new Normalizer(new double[] {0.485, 0.456, 0.406}, new double[] {0.229, 0.224, 0.225});
 *   private TorchModule network;
 *
 *   // In each worker's thread; the network is loaded by the first and shared by all.
 *   @Override
 *   public void initialize(HandlerContext context) throws Exception {
 *     network =
 *         context
 *             .shared()
 *             .open(
 *                 "network",
 *                 TorchModule.class,
 *                 () -> new ScriptLoader().load(context.modelFile(), context.device().gpu()));
 *   }
 *
 *   // A JPEG, PNG, ... becomes float32 [3, 224, 224], RGB, normalised, in Java's memory.
 *   @Override
 *   public float[] preprocess(Input input) {
 *     RgbImage picture = decoder.decode(input.require("data", "body").content());
 *     float[] pixels = new float[3 * SIDE * SIDE];
 *     normalizer.write(transform.apply(picture), TensorLayout.NCHW, FloatBuffer.wrap(pixels));
 *     return pixels;
 *   }
 *
 *   // float32 [N, 3, 224, 224] becomes float32 [N, classes]; all native memory goes with the scope.
 *   @Override
 *   public List<Long> inference(List<float[]> batch) {
 *     FloatBuffer pixels = FloatBuffer.allocate(batch.size() * 3 * SIDE * SIDE);
 *     batch.forEach(pixels::put);
 *     return network.compute(
 *         scope -> {
 *           NDArray input = scope.create(pixels.array(), new Shape(batch.size(), 3, SIDE, SIDE));
 *           NDArray output = network.run("forward", scope, input).get(0);
 *           return Arrays.stream(output.argMax(1).toLongArray()).boxed().toList();
 *         });
 *   }
 *
 *   @Override
 *   public Output postprocess(Input input, Long likeliest) {
 *     return Output.json(Map.of("class", likeliest));
 *   }
 * }
 * }</pre>
 *
 * @param <P> what preprocessing makes of one request
 * @param <R> what inference makes of one request
 */
public interface Handler<P, R> extends AutoCloseable {

  /**
   * Loads what the model needs; called once, before any other step.
   *
   * @throws Exception if the model cannot be served; the registration fails with the message
   */
  void initialize(HandlerContext context) throws Exception;

  /**
   * Reads one request.
   *
   * @throws Exception if this request cannot be served; others are not touched
   */
  P preprocess(Input input) throws Exception;

  /**
   * Runs the model on a batch.
   *
   * @param batch at least one and at most {@code batchSize} preprocessed requests; in a service
   *     envelope instances of that many requests, 64 of them if {@code batchSize} is less
   * @return one result for each element of {@code batch}, in its order
   * @throws Exception if the batch failed; see the class comment for what happens then
   */
  List<R> inference(List<P> batch) throws Exception;

  /**
   * Makes the answer to one request.
   *
   * @param input the request that {@code result} belongs to
   * @throws Exception if this request cannot be answered; others are not touched
   */
  Output postprocess(Input input, R result) throws Exception;

  /**
   * What a person should know of how this model is served: names in {@code camelCase}, values that
   * JSON has. Shown by the management API's describe call and logged once when the model is ready.
   * Asked when the handler is initialized and after each inference, so that it may change, and is
   * to be cheap.
   */
  default Map<String, Object> describe() {
    return Map.of();
  }

  /**
   * Whether the handler also answers requests for which {@link Input#explain} holds: with what made
   * the model say what it says. Asked before {@link #initialize}; where it is false, such requests
   * are refused and no step sees them.
   */
  default boolean explains() {
    return false;
  }

  /** Gives back what {@link #initialize} took; shared resources close themselves. */
  @Override
  default void close() {}
}
