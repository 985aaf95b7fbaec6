package com.example;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.Normalizer;
import dev.sconce.image.PictureTransform;
import dev.sconce.image.RgbImage;
import dev.sconce.image.TensorLayout;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TorchModule;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The example that the Javadoc of {@link Handler} holds; HandlerExampleTest keeps them alike. */
public final class Classify implements Handler<float[], Long> {
  private static final int SIDE = 224;

  private final ImageDecoder decoder = new ImageDecoder(1 << 26);
  private final PictureTransform transform =
      PictureTransform.resize(256).withCenterCrop(SIDE, SIDE);
  private final Normalizer normalizer =
      new Normalizer(new double[] {0.485, 0.456, 0.406}, new double[] {0.229, 0.224, 0.225});
  private TorchModule network;

  // In each worker's thread; the network is loaded by the first and shared by all.
  @Override
  public void initialize(HandlerContext context) throws Exception {
    network =
        context
            .shared()
            .open(
                "network",
                TorchModule.class,
                () -> new ScriptLoader().load(context.modelFile(), context.device().gpu()));
  }

  // A JPEG, PNG, ... becomes float32 [3, 224, 224], RGB, normalised, in Java's memory.
  @Override
  public float[] preprocess(Input input) {
    RgbImage picture = decoder.decode(input.require("data", "body").content());
    float[] pixels = new float[3 * SIDE * SIDE];
    normalizer.write(transform.apply(picture), TensorLayout.NCHW, FloatBuffer.wrap(pixels));
    return pixels;
  }

  // float32 [N, 3, 224, 224] becomes float32 [N, classes]; all native memory goes with the scope.
  @Override
  public List<Long> inference(List<float[]> batch) {
    FloatBuffer pixels = FloatBuffer.allocate(batch.size() * 3 * SIDE * SIDE);
    batch.forEach(pixels::put);
    return network.compute(
        scope -> {
          NDArray input = scope.create(pixels.array(), new Shape(batch.size(), 3, SIDE, SIDE));
          NDArray output = network.run("forward", scope, input).get(0);
          return Arrays.stream(output.argMax(1).toLongArray()).boxed().toList();
        });
  }

  @Override
  public Output postprocess(Input input, Long likeliest) {
    return Output.json(Map.of("class", likeliest));
  }
}
