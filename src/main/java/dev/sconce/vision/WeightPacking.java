package dev.sconce.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sconce.network.Methods;
import dev.sconce.torch.TorchModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Brings the weights of a written network into oneDNN's order once, instead of at every call: those
 * that have one order for one request and for eight together, with all cores and with each part of
 * them that a forward may find. The others stay in none, which suits every call a little rather
 * than one well and the rest badly.
 */
final class WeightPacking {
  private static final int BATCH = 8;

  private final TorchModule module;
  private final NDManager scope;
  private final Shape request;

  private WeightPacking(TorchModule module, NDManager scope, Shape request) {
    this.module = module;
    this.scope = scope;
    this.request = request;
  }

  /**
   * Packs, while nobody else runs the module.
   *
   * @param request the shape of one request's pictures, [N, height, width, 3]
   * @return what to tell people
   * @throws ai.djl.engine.EngineException if the network cannot compute such pictures
   */
  static String pack(TorchModule module, Shape request) {
    return module.compute(scope -> new WeightPacking(module, scope, request).pack());
  }

  private String pack() {
    NDList unused = module.run(Methods.MEASURE, scope, scope.zeros(request));
    List<List<byte[]>> ways = ways();
    long[] alike = alike(ways);
    int threads = module.threads().get(0);
    NDList chosen = module.run(threads, Methods.PACK, scope, pictures(1), scope.create(alike));
    long packed = Arrays.stream(chosen.get(0).toLongArray()).sum();
    return "%d of %d in oneDNN's order".formatted(packed, alike.length);
  }

  /** For each way to call the network, the order of each weight. */
  private List<List<byte[]>> ways() {
    List<List<byte[]>> ways = new ArrayList<>();
    for (int threads : module.threads()) {
      for (int requests : new int[] {1, BATCH}) {
        ways.add(
            module.run(threads, Methods.LAYOUTS, scope, pictures(requests)).stream()
                .map(NDArray::toByteArray)
                .toList());
      }
    }
    return ways;
  }

  /**
   * Which weights have one order.
   *
   * @param ways for each, the order of each weight
   * @return 1 for each weight that has, else 0
   */
  static long[] alike(List<List<byte[]>> ways) {
    return IntStream.range(0, ways.get(0).size())
        .mapToLong(weight -> areAlike(ways, weight) ? 1 : 0)
        .toArray();
  }

  private static boolean areAlike(List<List<byte[]>> ways, int weight) {
    byte[] first = ways.get(0).get(weight);
    return ways.stream().allMatch(way -> Arrays.equals(way.get(weight), first));
  }

  private NDArray pictures(int requests) {
    return scope.create(new long[] {requests * request.get(0)});
  }
}
