package dev.sconce.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sconce.handler.HandlerContext;
import dev.sconce.image.PictureSize;
import dev.sconce.network.Methods;
import dev.sconce.network.TwinNetwork;
import dev.sconce.torch.TorchModule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A twin network in native memory, as all workers on one device share it. Safe from several
 * threads; {@link dev.sconce.handler.SharedResources} closes it.
 */
final class TwinModule implements AutoCloseable {
  private final TorchModule module;
  private final Map<String, Object> facts;

  private TwinModule(TorchModule module, Map<String, Object> facts) {
    this.module = module;
    this.facts = facts;
  }

  /**
   * Finds the weights in the model's directory, writes the network they make and loads it.
   *
   * @param size of the pictures that it will be asked about
   * @throws dev.sconce.error.ServingException {@code INVALID_MODEL} if they make none, {@code
   *     OUT_OF_MEMORY} if the device has no room for it
   */
  static TwinModule load(HandlerContext context, ModuleFactory modules, Optional<PictureSize> size)
      throws IOException {
    TwinNetwork network = TwinWeights.in(context.modelDirectory()).network();
    ModuleFactory.Written written =
        modules.load(context, network.summary(), network::write, 2, size);
    return new TwinModule(written.module(), written.facts());
  }

  /** What to tell people of the network. */
  Map<String, Object> facts() {
    return facts;
  }

  /**
   * What the network says of one pair.
   *
   * @param logits one for each class
   * @param leftMap the rows of the left picture's heat-map; none if it was not wanted
   * @param rightMap the rows of the right picture's
   */
  record Judgement(List<Float> logits, List<float[]> leftMap, List<float[]> rightMap) {}

  /**
   * Judges pairs of pictures.
   *
   * @param pixels float32 [2 pairs, height, width, 3] in a direct buffer in native order,
   *     normalised: all left pictures, then all right ones; not kept
   * @param explained the pairs whose heat-maps are wanted, by their place
   * @return a judgement for each pair
   * @throws dev.sconce.error.ServingException {@code OUT_OF_MEMORY} if the device has no room for
   *     the batch
   */
  List<Judgement> judge(
      ByteBuffer pixels, int pairs, int height, int width, List<Integer> explained) {
    Shape shape = new Shape(2L * pairs, height, width, 3);
    return module.compute(
        scope -> {
          NDArray pictures = scope.create(pixels, shape, DataType.FLOAT32);
          NDList answer = module.run(Methods.FORWARD, scope, pictures);
          List<Judgement> judgements = withoutMaps(answer.get(0), pairs);
          if (!explained.isEmpty()) {
            addMaps(judgements, answer.get(1), explained, scope);
          }
          return judgements;
        });
  }

  private static List<Judgement> withoutMaps(NDArray logits, int pairs) {
    float[] values = logits.toFloatArray();
    int classes = values.length / pairs;
    List<Judgement> all = new ArrayList<>(pairs);
    for (int pair = 0; pair < pairs; pair++) {
      List<Float> own = new ArrayList<>(classes);
      for (int i = 0; i < classes; i++) {
        own.add(values[pair * classes + i]);
      }
      all.add(new Judgement(own, List.of(), List.of()));
    }
    return all;
  }

  private void addMaps(
      List<Judgement> judgements, NDArray features, List<Integer> explained, NDManager scope) {
    boolean all = explained.size() == judgements.size();
    long[] places = explained.stream().mapToLong(Integer::longValue).toArray();
    NDArray wanted = all ? features : features.get(scope.create(places));
    NDArray maps = module.runWithGradients(TwinNetwork.EXPLAIN, scope, wanted).get(0);
    int height = (int) maps.getShape().get(2);
    int width = (int) maps.getShape().get(3);
    float[] values = maps.toFloatArray();
    for (int i = 0; i < explained.size(); i++) {
      int place = explained.get(i);
      List<float[]> left = rows(values, 2 * i * height, height, width);
      List<float[]> right = rows(values, (2 * i + 1) * height, height, width);
      judgements.set(place, new Judgement(judgements.get(place).logits, left, right));
    }
  }

  private static List<float[]> rows(float[] values, int first, int count, int width) {
    return IntStream.range(first, first + count)
        .mapToObj(row -> Arrays.copyOfRange(values, row * width, (row + 1) * width))
        .toList();
  }

  @Override
  public void close() {
    module.close();
  }
}
