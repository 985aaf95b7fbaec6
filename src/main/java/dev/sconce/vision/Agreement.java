package dev.sconce.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sconce.torch.TorchModule;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far a network in one precision says what it says in another, of made-up pictures: by how much
 * its logits differ, and how many labels do. A label is the class of the largest logit, of a single
 * logit its sign; of a segmenter each pixel's class.
 */
final class Agreement {
  private static final int MOST_REQUESTS = 32;
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private int requests;
  private boolean logits;
  private double largestDifference;
  private long labels;
  private long flips;

  /**
   * Asks both the same, again and again for some seconds.
   *
   * @param method gives first logits float32 [rows, classes] or classes uint8
   * @param request the shape of one request's pictures, [N, height, width, 3]
   * @throws ai.djl.engine.EngineException if the network cannot compute such pictures
   */
  static Agreement of(TorchModule module, TorchModule reference, String method, Shape request) {
    Agreement agreement = new Agreement();
    long end = System.nanoTime() + LONGEST.toNanos();
    do {
      module.compute(scope -> agreement.ask(module, reference, method, request, scope));
    } while (agreement.requests < MOST_REQUESTS && System.nanoTime() - end < 0);
    return agreement;
  }

  private int ask(
      TorchModule module, TorchModule reference, String method, Shape request, NDManager scope) {
    NDArray pictures = scope.create(MadeUpPictures.normalised(requests, request), request);
    NDArray given = module.run(method, scope, pictures).get(0);
    NDArray expected = reference.run(method, scope, pictures).get(0);
    if (given.getDataType() == DataType.FLOAT32) {
      int classes = (int) given.getShape().tail();
      addLogits(given.toFloatArray(), expected.toFloatArray(), classes);
    } else {
      addClasses(given.toByteArray(), expected.toByteArray());
    }
    return ++requests;
  }

  /** Rows of {@code classes} logits. */
  void addLogits(float[] given, float[] expected, int classes) {
    logits = true;
    for (int i = 0; i < expected.length; i++) {
      largestDifference = Math.max(largestDifference, Math.abs((double) given[i] - expected[i]));
    }
    for (int row = 0; row < expected.length; row += classes) {
      labels++;
      flips += label(given, row, classes) == label(expected, row, classes) ? 0 : 1;
    }
  }

  private static int label(float[] logits, int row, int classes) {
    if (classes == 1) {
      return logits[row] > 0 ? 1 : 0;
    }
    int best = 0;
    for (int i = 1; i < classes; i++) {
      best = logits[row + i] > logits[row + best] ? i : best;
    }
    return best;
  }

  /** A class for each pixel. */
  void addClasses(byte[] given, byte[] expected) {
    labels += expected.length;
    for (int i = 0; i < expected.length; i++) {
      flips += given[i] == expected[i] ? 0 : 1;
    }
  }

  int requests() {
    return requests;
  }

  /** Of any two logits. */
  double largestDifference() {
    return largestDifference;
  }

  long labels() {
    return labels;
  }

  /** How many labels are others. */
  long flips() {
    return flips;
  }

  /** For people. */
  Map<String, Object> describe() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("madeUpRequests", requests);
    if (logits) {
      boolean number = Double.isFinite(largestDifference);
      facts.put("largestLogitDifference", number ? largestDifference : "" + largestDifference);
    }
    facts.put("labels", labels);
    facts.put("labelFlips", flips);
    return facts;
  }
}
