package com.example;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sconce.handler.ClassNames;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.HandlerMetrics;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.Normalizer;
import dev.sconce.image.PictureTransform;
import dev.sconce.image.RgbImage;
import dev.sconce.image.TensorLayout;
import dev.sconce.torch.LayerModule;
import dev.sconce.torch.ScriptLoader;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Classifies a picture and answers with the class, its probability and a Grad-CAM: how much each
 * place of the picture speaks for the class (Selvaraju et al. 2017, equations 1 and 2).
 *
 * <p>Each worker owns one of these and calls it from its one thread; they share the module, which
 * holds the only copy of the weights.
 */
public final class GradCam implements Handler<float[], GradCam.Seen> {
  private static final Normalizer NORMALIZER =
      new Normalizer(new double[] {0.485, 0.456, 0.406}, new double[] {0.229, 0.224, 0.225});

  private final ImageDecoder decoder = new ImageDecoder(1 << 26);
  private PictureTransform transform;
  private int height;
  private int width;
  private ClassNames names;
  private LayerModule network;
  private HandlerMetrics.Metric seenClasses;

  /**
   * What the network made of one picture.
   *
   * @param target the likeliest class
   * @param probability the softmax's
   * @param map [h][w] of the layer, 0 or more
   */
  public record Seen(int target, float probability, float[][] map) {}

  /** Loads the module once for all workers, with the layer that model-config.yaml names. */
  @Override
  public void initialize(HandlerContext context) throws Exception {
    List<Integer> size = context.settings().integers("imageSize", 2).orElse(List.of(224, 224));
    height = size.get(0);
    width = size.get(1);
    transform = PictureTransform.imageSize(height, width);
    names = ClassNames.in(context.modelDirectory());
    seenClasses = context.metrics().counter("ClassesSeen", "count", "Class");
    String layer = context.settings().text("layer").orElse("layer3");
    network =
        context
            .shared()
            .open(
                "network",
                LayerModule.class,
                () -> new ScriptLoader().load(context.modelFile(), context.device().gpu(), layer));
    inference(List.of(new float[3 * height * width])); // fails here rather than at each request
  }

  /** A picture of any format → float32 [3, height, width], RGB, normalised. */
  @Override
  public float[] preprocess(Input input) {
    RgbImage picture = decoder.decode(input.require("data", "body").content());
    float[] pixels = new float[3 * height * width];
    NORMALIZER.write(transform.apply(picture), TensorLayout.NCHW, FloatBuffer.wrap(pixels));
    return pixels;
  }

  /** All requests of a batch go through the network together, forth and back once. */
  @Override
  public List<Seen> inference(List<float[]> batch) {
    return network.module().compute(scope -> inference(scope, batch));
  }

  private List<Seen> inference(NDManager scope, List<float[]> batch) {
    FloatBuffer pixels = FloatBuffer.allocate(batch.size() * 3 * height * width);
    batch.forEach(pixels::put);
    NDArray input = scope.create(pixels.array(), new Shape(batch.size(), 3, height, width));
    int[] targets = new int[batch.size()];
    Arrays.fill(targets, LayerModule.LIKELIEST);
    LayerModule.Gradients found = network.gradientsAt(scope, input, targets);

    NDArray weights = // [N, C, 1, 1]; DJL's mean takes one axis at a time
        found.gradients().mean(new int[] {3}, true).mean(new int[] {2}, true);
    NDArray maps = found.activations().mul(weights).sum(new int[] {1}).maximum(0); // [N, h, w]
    NDArray probabilities = found.output().softmax(1); // [N, classes]
    List<Seen> seen = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      seen.add(seen(probabilities.get(i).toFloatArray(), maps.get(i)));
    }
    return seen;
  }

  private static Seen seen(float[] probabilities, NDArray map) {
    int target = 0;
    for (int i = 1; i < probabilities.length; i++) {
      target = probabilities[i] > probabilities[target] ? i : target;
    }
    float[] values = map.toFloatArray();
    float[][] rows = new float[(int) map.getShape().get(0)][];
    int columns = values.length / rows.length;
    for (int y = 0; y < rows.length; y++) {
      rows[y] = Arrays.copyOfRange(values, y * columns, (y + 1) * columns);
    }
    return new Seen(target, probabilities[target], rows);
  }

  /** {@code {"class": "cat", "probability": 0.98, "map": [[…], …]}}. */
  @Override
  public Output postprocess(Input input, Seen seen) {
    Map<String, Object> answer = new LinkedHashMap<>();
    String name = names.of(seen.target());
    seenClasses.record(1, name);
    answer.put("class", name);
    answer.put("probability", seen.probability());
    answer.put("map", seen.map());
    return Output.json(answer);
  }
}
