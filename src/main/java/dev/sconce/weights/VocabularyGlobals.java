package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Call;
import dev.sconce.weights.PickleValue.Dict;
import dev.sconce.weights.PickleValue.Global;
import dev.sconce.weights.PickleValue.Stateful;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names that vocabularies ask for: torchtext's classes of all ages, and what state dicts do.
 */
final class VocabularyGlobals implements Globals {
  /** The attribute of a {@code defaultdict} that says what a word has that is not in it. */
  static final String DEFAULT = "default";

  private static final List<String> VOCABULARIES =
      List.of(
          "torchtext.vocab.Vocab",
          "torchtext.legacy.vocab.Vocab",
          "torchtext.vocab.vocab.Vocab",
          "torchtext._torchtext.Vocab",
          "__torch__.torchtext.vocab.vocab.Vocab",
          "__torch__.torch.classes.torchtext.Vocab");

  /** Functions without arguments that give 0; protocol 2 calls {@code int} {@code long}. */
  private static final List<String> ZEROS =
      List.of(
          "builtins.int",
          "builtins.long",
          "torchtext.vocab._default_unk_index",
          "torchtext.legacy.vocab._default_unk_index");

  private static final Map<String, PickleValue> ALLOWED = allowedGlobals();

  private final Globals others = new StateDictGlobals();

  private static Map<String, PickleValue> allowedGlobals() {
    Map<String, PickleValue> allowed = new HashMap<>();
    VOCABULARIES.forEach(
        name -> add(allowed, name, (pickle, arguments) -> new Stateful(name, arguments)));
    ZEROS.forEach(name -> add(allowed, name, (pickle, arguments) -> 0L));
    add(allowed, "collections.defaultdict", (pickle, arguments) -> defaultDict(arguments));
    for (String name : List.of("build_intlist", "build_tensorlist", "restore_type_tag")) {
      add(allowed, "torch.jit._pickle." + name, VocabularyGlobals::first);
    }
    return Map.copyOf(allowed);
  }

  private static void add(Map<String, PickleValue> allowed, String name, Call call) {
    allowed.put(name, new Global(name, call));
  }

  private static Object defaultDict(List<Object> arguments) {
    Dict dict = new Dict();
    boolean zero =
        !arguments.isEmpty()
            && arguments.get(0) instanceof Global factory
            && ZEROS.contains(factory.name());
    if (zero) {
      dict.setAttributes(Map.of(DEFAULT, 0L));
    }
    return dict;
  }

  /** TorchScript writes lists with the type of their elements. */
  private static Object first(Unpickler pickle, List<Object> arguments) {
    if (arguments.isEmpty()) {
      throw pickle.fault("a list is made of nothing (expected: a list)");
    }
    return arguments.get(0);
  }

  @Override
  public Optional<PickleValue> find(String name) {
    return Optional.ofNullable(ALLOWED.get(name)).or(() -> others.find(name));
  }

  @Override
  public int work() {
    return Limits.VOCABULARY_WORK;
  }

  @Override
  public String allowed() {
    return "a dict of words with their indices, or a Vocab of torchtext";
  }
}
