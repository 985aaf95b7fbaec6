package dev.sconce.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
  private static final double[] ALPHAS = {
    0.006003740989757311, 0.03136330379964708, 0.0758967082947864, 0.13779113431991497,
    0.21451391369573058, 0.3029243264612183, 0.39940295300128276, 0.5,
    0.6005970469987173, 0.6970756735387817, 0.7854860863042694, 0.862208865680085,
    0.9241032917052137, 0.968636696200353, 0.9939962590102427
  };

  /** What each of them counts: NumPy's {@code 0.5 * leggauss(15)[1]}. */
  private static final double[] WEIGHTS = {
    0.015376620998058602, 0.0351830237440542, 0.053579610233585706, 0.06978533896307722,
    0.08313460290849699, 0.0930805000077811, 0.0992157426635558, 0.10128912096278064,
    0.0992157426635558, 0.0930805000077811, 0.08313460290849699, 0.06978533896307722,
    0.053579610233585706, 0.0351830237440542, 0.015376620998058602
  };

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
   * @param questions that the serving copy has answered, so that a target is one of its classes
   * @return an attribution for each question, in order
   * @throws dev.sconce.error.ServingException {@code BAD_REQUEST} if the module cannot be
   *     differentiated; {@code OUT_OF_MEMORY} if the device has no room; {@code INTERNAL} if the
   *     module fails
   */
  List<Attribution> explain(List<Question> questions) throws IOException {
    PictureModule module = copy.module();
    return BySize.ask(
        questions, question -> question.tensor.shape(), alike -> explain(alike, module));
  }

  private List<Attribution> explain(List<Question> alike, PictureModule module) {
    List<Way> ways = alike.stream().map(Way::new).toList();
    List<Point> points = ways.stream().flatMap(Way::points).toList();
    int together = (int) Math.max(1, MOST_VALUES / alike.get(0).tensor.size());
    for (int first = 0; first < points.size(); first += together) {
      int last = (int) Math.min(points.size(), (long) first + together);
      addUp(points.subList(first, last), module);
    }
    return ways.stream().map(Way::attribution).toList();
  }

  /** From zeros to what one question is about. */
  private static final class Way {
    final Question question;
    final float[] end;
    final float[] sum;

    Way(Question question) {
      this.question = question;
      FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(question.tensor.size()));
      question.tensor.writer().accept(values);
      end = values.array();
      sum = new float[end.length];
    }

    Stream<Point> points() {
      return IntStream.range(0, ALPHAS.length).mapToObj(step -> new Point(this, step));
    }

    Attribution attribution() {
      float[] product = new float[end.length];
      for (int i = 0; i < product.length; i++) {
        product[i] = sum[i] * end[i];
      }
      return new Attribution(question.tensor, product);
    }
  }

  /** A step on a way. */
  private record Point(Way way, int step) {
    void write(FloatBuffer floats) {
      float alpha = (float) ALPHAS[step];
      for (float value : way.end) {
        floats.put(alpha * value);
      }
    }

    /** Takes as many gradients as it wrote values. */
    void add(FloatBuffer gradients) {
      float weight = (float) WEIGHTS[step];
      for (int i = 0; i < way.sum.length; i++) {
        way.sum[i] += weight * gradients.get();
      }
    }
  }

  private void addUp(List<Point> points, PictureModule module) {
    List<PictureTensor> tensors = points.stream().map(point -> point.way.question.tensor).toList();
    FloatBuffer floats = pixels.clear(points.size() * tensors.get(0).size());
    points.forEach(point -> point.write(floats));
    List<List<Long>> shapes = tensors.stream().map(PictureTensor::shape).toList();
    float[] gradients =
        PictureTensor.blamingCallers(
            tensors,
            () -> module.gradients(pixels.bytes(), shapes, answer -> logits(points, answer)));
    FloatBuffer read = FloatBuffer.wrap(gradients);
    points.forEach(point -> point.add(read));
  }

  /** Of each point's logits that of its target. */
  private static NDArray logits(List<Point> points, ModuleAnswer answer) {
    NDArray logits = ImageClassifierHandler.logits(answer);
    long[] targets = points.stream().mapToLong(point -> point.way.question.target).toArray();
    NDArray places = logits.getManager().create(targets, new Shape(targets.length, 1));
    return logits.gather(places, 1);
  }
}
