package dev.sconce.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Integrated gradients (Sundararajan and others, 2017) of a classifier's logit, as TorchServe asks
 * Captum for them: from a picture of zeros to the picture, 15 steps of Gauss and Legendre's
 * quadrature, times the picture ({@code captum/attr/_core/integrated_gradients.py}).
 *
 * <p>Belongs to one handler's thread.
 */
final class IntegratedGradients {
  /**
   * Where on the way from 0 to 1 gradients are taken: NumPy's {@code 0.5 * (1 + leggauss(15)[0])}.
   */
  private static final float[] ALPHAS = {
    0.006003740989757311f, 0.03136330379964708f, 0.0758967082947864f, 0.13779113431991497f,
    0.21451391369573058f, 0.3029243264612183f, 0.39940295300128276f, 0.5f,
    0.6005970469987173f, 0.6970756735387817f, 0.7854860863042694f, 0.862208865680085f,
    0.9241032917052137f, 0.968636696200353f, 0.9939962590102427f
  };

  /** What each of them counts: NumPy's {@code 0.5 * leggauss(15)[1]}. */
  private static final float[] WEIGHTS = {
    0.015376620998058602f, 0.0351830237440542f, 0.053579610233585706f, 0.06978533896307722f,
    0.08313460290849699f, 0.0930805000077811f, 0.0992157426635558f, 0.10128912096278064f,
    0.0992157426635558f, 0.0930805000077811f, 0.08313460290849699f, 0.06978533896307722f,
    0.053579610233585706f, 0.0351830237440542f, 0.015376620998058602f
  };

  private static final int STEPS = ALPHAS.length;

  /**
   * In one forward, unless a single picture has more: 8 pictures of 224 x 224. What a module keeps
   * of each until it has gone back is hundreds of times as much.
   */
  private static final long MOST_VALUES = 8L * 3 * 224 * 224;

  private final DifferentiableCopy copy;
  private final PixelBuffer pixels = new PixelBuffer();

  IntegratedGradients(DifferentiableCopy copy) {
    this.copy = copy;
  }

  /**
   * What is to be explained.
   *
   * @param target the class whose logit it is
   */
  record Question(PictureTensor tensor, int target) {}

  /**
   * Explains, the steps of all questions of one size together.
   *
   * @return an attribution for each question, in order
   * @throws ServingException {@code BAD_REQUEST} if the module has no such class or cannot be
   *     differentiated; {@code OUT_OF_MEMORY} if the device has no room; {@code INTERNAL} if the
   *     module fails
   */
  List<Attribution> explain(List<Question> questions) throws IOException {
    PictureModule module = copy.module();
    return BySize.ask(
        questions, question -> question.tensor.shape(), alike -> explain(alike, module));
  }

  private List<Attribution> explain(List<Question> alike, PictureModule module) {
    int size = Math.toIntExact(alike.get(0).tensor.size());
    List<Attribution> attributions = new ArrayList<>(alike.size());
    List<float[]> inputs = new ArrayList<>(alike.size());
    for (Question question : alike) {
      FloatBuffer input = FloatBuffer.allocate(size);
      question.tensor.writer().accept(input);
      inputs.add(input.array());
      attributions.add(new Attribution(question.tensor, new float[size]));
    }
    int all = alike.size() * STEPS;
    int together = (int) Math.max(1, Math.min(all, MOST_VALUES / Math.max(1, size)));
    for (int first = 0; first < all; first += together) {
      List<Point> points = points(alike, first, Math.min(all, first + together));
      float[] gradients = gradients(points, inputs, module);
      addUp(points, gradients, attributions);
    }
    for (int i = 0; i < alike.size(); i++) {
      multiply(attributions.get(i).values(), inputs.get(i));
    }
    return attributions;
  }

  /** A step on the way to the picture of a question. */
  private record Point(int place, Question question, int step) {}

  private static List<Point> points(List<Question> alike, int from, int to) {
    List<Point> points = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      points.add(new Point(i / STEPS, alike.get(i / STEPS), i % STEPS));
    }
    return points;
  }

  private float[] gradients(List<Point> points, List<float[]> inputs, PictureModule module) {
    List<Long> shape = points.get(0).question.tensor.shape();
    FloatBuffer floats = pixels.clear(points.size() * points.get(0).question.tensor.size());
    for (Point point : points) {
      for (float value : inputs.get(point.place)) {
        floats.put(ALPHAS[point.step] * value);
      }
    }
    List<PictureTensor> tensors = points.stream().map(point -> point.question.tensor).toList();
    return PictureTensor.blamingCallers(
        tensors,
        () ->
            module.gradients(
                pixels.bytes(),
                Collections.nCopies(points.size(), shape),
                answer -> logits(points, answer)));
  }

  /** Of each point's logits that of its target. */
  private static NDArray logits(List<Point> points, ModuleAnswer answer) {
    NDArray logits = ImageClassifierHandler.logits(answer);
    long classes = logits.getShape().get(1);
    points.forEach(point -> requireClass(point.question.target, classes));
    long[] targets = points.stream().mapToLong(point -> point.question.target).toArray();
    NDArray places = logits.getManager().create(targets, new Shape(targets.length, 1));
    return logits.gather(places, 1);
  }

  /**
   * Refuses a class that there is not.
   *
   * @throws ServingException {@code BAD_REQUEST}
   */
  static void requireClass(int target, long classes) {
    if (target >= classes) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          "target: %d (expected: a class, 0 to %d)".formatted(target, classes - 1));
    }
  }

  private static void addUp(List<Point> points, float[] gradients, List<Attribution> attributions) {
    int size = gradients.length / points.size();
    for (int i = 0; i < points.size(); i++) {
      float weight = WEIGHTS[points.get(i).step];
      float[] sums = attributions.get(points.get(i).place).values();
      for (int j = 0; j < size; j++) {
        sums[j] += weight * gradients[i * size + j];
      }
    }
  }

  private static void multiply(float[] values, float[] factors) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factors[i];
    }
  }
}
