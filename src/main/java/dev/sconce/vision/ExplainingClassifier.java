package dev.sconce.vision;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.image.PngFile;
import dev.sconce.vision.ImageClassifierHandler.Ranked;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A classifier of pictures that also explains: integrated gradients of the class that the part
 * {@code target} names, 0 without it. The answer is a list for each channel with a list for each
 * row, as the module saw the picture; whoever accepts {@code image/png} gets a heat-map drawn over
 * that picture.
 */
final class ExplainingClassifier
    implements JsonHandler<ExplainingClassifier.Question, ExplainingClassifier.Answer> {
  private static final String TARGET = "target";

  private final ImageClassifierHandler classifier;
  private final ModuleFactory modules;
  private @Nullable Explainer explainer;

  /**
   * One request.
   *
   * @param target the class to be explained; empty if the likeliest classes are wanted
   */
  record Question(PictureTensor tensor, OptionalInt target) {}

  /** What is answered to one request. */
  sealed interface Answer {
    /** The likeliest classes. */
    record Ranks(List<Ranked> ranks) implements Answer {}

    /** What speaks for the target. */
    record Explanation(Attribution attribution) implements Answer {}
  }

  /** What {@link #initialize} makes. */
  private record Explainer(DifferentiableCopy copy, IntegratedGradients gradients) {}

  ExplainingClassifier(PictureReader reader, ModuleFactory modules) {
    this.classifier = new ImageClassifierHandler(reader, modules);
    this.modules = modules;
  }

  @Override
  public void initialize(HandlerContext context) throws Exception {
    classifier.initialize(context);
    DifferentiableCopy copy =
        context
            .shared()
            .open(
                "differentiable copy",
                DifferentiableCopy.class,
                () -> new DifferentiableCopy(context, modules));
    explainer = new Explainer(copy, new IntegratedGradients(copy));
  }

  @Override
  public Question preprocess(Input input) {
    if (!input.explain()) {
      return new Question(classifier.preprocess(input), OptionalInt.empty());
    }
    Input parts = JsonParts.spreadIfObject(input);
    int target = target(parts);
    return new Question(classifier.preprocess(parts), OptionalInt.of(target));
  }

  private int target(Input parts) {
    String text = parts.part(TARGET).map(Part::text).orElse("").strip();
    if (text.isEmpty()) {
      return 0; // as TorchServe's handlers have it
    }
    int target = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
    requireClass(target, text.length() <= 40 ? text : text.substring(0, 40) + "…");
    return target;
  }

  private void requireClass(int target, String shown) {
    if (target < 0 || target >= classifier.classes()) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          "target: %s (expected: a class, 0 to %d)".formatted(shown, classifier.classes() - 1));
    }
  }

  /** The serving module is asked about all: what it cannot take, and how many classes it has. */
  @Override
  public List<Answer> inference(List<Question> batch) throws IOException {
    List<List<Ranked>> ranks = classifier.inference(batch.stream().map(Question::tensor).toList());
    List<IntegratedGradients.Question> explained = new ArrayList<>();
    for (Question question : batch) {
      question.target.ifPresent(
          target -> {
            requireClass(target, "" + target);
            explained.add(new IntegratedGradients.Question(question.tensor, target));
          });
    }
    Iterator<Attribution> attributions =
        explained.isEmpty()
            ? Collections.emptyIterator()
            : explainer().gradients.explain(explained).iterator();
    List<Answer> answers = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      answers.add(
          batch.get(i).target.isPresent()
              ? new Answer.Explanation(attributions.next())
              : new Answer.Ranks(ranks.get(i)));
    }
    return answers;
  }

  @Override
  public Object result(Input input, Answer answer) {
    if (answer instanceof Answer.Ranks found) {
      return classifier.result(input, found.ranks);
    }
    return ((Answer.Explanation) answer).attribution.nested();
  }

  @Override
  public Output postprocess(Input input, Answer answer) {
    if (answer instanceof Answer.Explanation explanation
        && AcceptHeader.wish(input, PngFile.MEDIA_TYPE).isPresent()) {
      return Output.bytes(PngFile.MEDIA_TYPE, explanation.attribution.png());
    }
    return Output.json(result(input, answer));
  }

  @Override
  public boolean explains() {
    return true;
  }

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> facts = new LinkedHashMap<>(classifier.describe());
    facts.put("explanations", explainer().copy.describe());
    return facts;
  }

  private Explainer explainer() {
    return Objects.requireNonNull(explainer, "initialize comes first");
  }
}
