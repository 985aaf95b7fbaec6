package dev.sconce.weights;

import dev.sconce.error.ServingException;
import dev.sconce.weights.PickleValue.Dict;
import dev.sconce.weights.PickleValue.Items;
import dev.sconce.weights.PickleValue.Stateful;
import dev.sconce.weights.PickleValue.Tuple;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The words that a text model knows, and their indices. Immutable and safe from any thread.
 *
 * <p>Read from what {@code torch.save} or {@code torch.jit.save} wrote of a {@code Vocab} of
 * torchtext, of any age, or of a dict. Nothing in the file is executed; one that holds anything
 * else is refused.
 */
public final class Vocabulary implements AutoCloseable {
  private static final int DEEPEST = 4;

  private final Map<String, Long> indices;
  private final Optional<Long> fallback;

  private Vocabulary(Map<String, Long> indices, Optional<Long> fallback) {
    this.indices = Collections.unmodifiableMap(indices);
    this.fallback = fallback;
  }

  /**
   * The vocabulary in {@code file}.
   *
   * @throws ServingException with {@code INVALID_MODEL} if it holds none that can be read as data;
   *     the message begins with the file's name
   */
  public static Vocabulary read(Path file) {
    try (WeightsFile open = WeightsFile.open(file)) {
      Object value =
          TorchFile.open(open)
              .orElseThrow(() -> unknown(open.source(), "is a safetensors file"))
              .value(new VocabularyGlobals());
      return of(open.source(), value, DEEPEST);
    }
  }

  private static Vocabulary of(Source source, Object value, int depth) {
    Object state = value instanceof Stateful object ? object.state() : value;
    if (state instanceof Tuple tuple) {
      return ofTorchtextsOwn(source, tuple.items());
    }
    if (!(state instanceof Dict dict)) {
      throw unknown(source, "holds no vocabulary");
    }
    if (!(value instanceof Stateful)) {
      return ofDict(
          source, dict, Optional.ofNullable(dict.attributes().get(VocabularyGlobals.DEFAULT)));
    }
    if (dict.entries().get("vocab") instanceof Stateful inner && depth > 0) {
      return of(source, inner, depth - 1);
    }
    if (dict.entries().get("stoi") instanceof Dict words) {
      return ofDict(source, words, Optional.ofNullable(words.entries().get("<unk>")));
    }
    throw unknown(source, "holds an object without words");
  }

  /** torchtext from 0.9 on: version, the default index or none, the words in order, tensors. */
  private static Vocabulary ofTorchtextsOwn(Source source, List<Object> state) {
    boolean known =
        state.size() >= 3 && state.get(1) instanceof Items && state.get(2) instanceof Items;
    if (!known) {
      throw unknown(source, "holds a Vocab of an unknown version");
    }
    List<Object> words = ((Items) state.get(2)).items();
    Map<String, Long> indices = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      if (!(words.get(i) instanceof String word)) {
        throw unknown(source, "word " + i + " is no text");
      }
      indices.put(word, (long) i);
    }
    List<Object> defaults = ((Items) state.get(1)).items();
    return new Vocabulary(
        indices,
        defaults.isEmpty() ? Optional.empty() : Optional.of(index(source, defaults.get(0))));
  }

  private static Vocabulary ofDict(Source source, Dict dict, Optional<Object> fallback) {
    Map<String, Long> indices = new HashMap<>();
    dict.entries().forEach((word, value) -> indices.put(word, index(source, value)));
    return new Vocabulary(indices, fallback.map(value -> index(source, value)));
  }

  private static long index(Source source, Object value) {
    if (value instanceof Long index && index >= 0) {
      return index;
    }
    throw unknown(source, "holds an index that is no whole number >= 0");
  }

  private static ServingException unknown(Source source, String what) {
    return source.fault(
        what + " (expected: a dict of words with their indices, or a Vocab of torchtext)");
  }

  /** The index of {@code word}, or of words that are not in it; empty if it has none for those. */
  public Optional<Long> index(String word) {
    return Optional.ofNullable(indices.get(word)).or(() -> fallback);
  }

  /** How many words there are. */
  public int size() {
    return indices.size();
  }

  /** Nothing to do: it lives in the heap. */
  @Override
  public void close() {}
}
