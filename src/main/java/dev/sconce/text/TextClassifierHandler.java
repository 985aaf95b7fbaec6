package dev.sconce.text;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.ClassNames;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TorchModule;
import dev.sconce.weights.Vocabulary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A text in, the probability of every class out: TorchServe's {@code text_classifier} on a
 * TorchScript module {@code forward(text, offsets)} as {@code torch.nn.EmbeddingBag} takes them:
 * int64 indices of the words and pairs of all texts in a row, and int64 where each text begins.
 * Other than TorchServe's, it takes the texts of several requests at once.
 */
final class TextClassifierHandler implements JsonHandler<long[], float[]> {
  /** The name that register calls and manifests use. */
  static final String NAME = "text_classifier";

  private static final String VOCABULARY = "source_vocab.pt";

  /** The setting, or the manifest's key, that names another file. */
  private static final String NAMED_VOCABULARY = "sourceVocab";

  private static final int LONGEST_SHOWN = 40;

  private final ScriptLoader scripts;
  private final Words words;
  private @Nullable Model model;

  /** What {@link #initialize} makes. */
  private record Model(TorchModule module, Vocabulary vocabulary, ClassNames names) {}

  TextClassifierHandler(ScriptLoader scripts, Words words) {
    this.scripts = scripts;
    this.words = words;
  }

  @Override
  public void initialize(HandlerContext context) throws Exception {
    Path directory = context.modelDirectory();
    Optional<Integer> gpu = context.device().gpu();
    Path file = vocabularyFile(context);
    Vocabulary vocabulary =
        context.shared().open(VOCABULARY, Vocabulary.class, () -> Vocabulary.read(file));
    TorchModule module =
        context
            .shared()
            .open(
                NAME,
                TorchModule.class,
                () -> scripts.load(context.modelFile(file.getFileName().toString()), gpu));
    model = new Model(module, vocabulary, ClassNames.in(directory));
  }

  private static Path vocabularyFile(HandlerContext context) {
    Path directory = context.modelDirectory();
    Optional<String> named = context.settings().text(NAMED_VOCABULARY);
    Path file = directory.resolve(named.orElse(VOCABULARY)).normalize();
    if (named.isPresent() && !(file.startsWith(directory) && Files.isRegularFile(file))) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          NAMED_VOCABULARY + ": " + named.get() + " (expected: a file of the archive)");
    }
    return file;
  }

  @Override
  public long[] preprocess(Input input) {
    List<String> terms = Words.withPairs(words.of(TextInput.of(input)));
    if (terms.isEmpty()) {
      throw TextInput.refused("the text has no words (expected: letters or digits)");
    }
    Vocabulary vocabulary = model().vocabulary;
    return terms.stream()
        .mapToLong(term -> vocabulary.index(term).orElseThrow(() -> unknown(term)))
        .toArray();
  }

  private static ServingException unknown(String term) {
    String shown = term.length() <= LONGEST_SHOWN ? term : term.substring(0, LONGEST_SHOWN) + "…";
    return TextInput.refused(
        shown + ": not in the vocabulary (expected: words of it, as it has no index for others)");
  }

  @Override
  public List<float[]> inference(List<long[]> batch) {
    long[] offsets = new long[batch.size()];
    long[] text = new long[batch.stream().mapToInt(t -> t.length).reduce(0, Math::addExact)];
    int end = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = end;
      System.arraycopy(batch.get(i), 0, text, end, batch.get(i).length);
      end += batch.get(i).length;
    }
    TorchModule module = model().module;
    try {
      return module.compute(scope -> probabilities(module, scope, text, offsets));
    } catch (EngineException e) {
      throw failed("the model fails: " + TorchModule.reason(e));
    }
  }

  private static List<float[]> probabilities(
      TorchModule module, NDManager scope, long[] text, long[] offsets) {
    NDList answer = module.run("forward", scope, scope.create(text), scope.create(offsets));
    long[] shape = answer.size() == 1 ? answer.get(0).getShape().getShape() : new long[0];
    if (shape.length != 2 || shape[0] != offsets.length) {
      throw failed(
          "the model answers %d tensors, the first %s (expected: one, %d texts by classes)"
              .formatted(
                  answer.size(), answer.isEmpty() ? "" : answer.get(0).getShape(), offsets.length));
    }
    NDArray softmax = answer.get(0).softmax(1);
    float[] values = softmax.toFloatArray();
    int classes = (int) shape[1];
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < offsets.length; i++) {
      rows.add(Arrays.copyOfRange(values, i * classes, (i + 1) * classes));
    }
    return rows;
  }

  private static ServingException failed(String message) {
    return new ServingException(ErrorCode.INTERNAL, message);
  }

  @Override
  public Object result(Input input, float[] probabilities) {
    ClassNames names = model().names;
    Map<String, Object> byName = new LinkedHashMap<>();
    for (int i = 0; i < probabilities.length; i++) {
      byName.put(names.of(i), probabilities[i]);
    }
    return byName;
  }

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("input", "a text in UTF-8");
    facts.put("vocabulary", model().vocabulary.size() + " words and pairs");
    facts.put("classNames", model().names.describe());
    return facts;
  }

  private Model model() {
    return Objects.requireNonNull(model, "initialize comes first");
  }
}
