package dev.sconce.vision;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Puts together what has one size, for modules that take no other batches. */
final class BySize {
  private BySize() {}

  /**
   * Asks about things of one size together.
   *
   * @param size of a thing
   * @param question is asked about things of one size; gives an answer for each, in order
   * @return an answer for each thing, in order
   */
  static <T, R> List<R> ask(
      List<T> things, Function<T, List<Long>> size, Function<List<T>, List<R>> question) {
    Map<List<Long>, List<Integer>> places =
        IntStream.range(0, things.size())
            .boxed()
            .collect(
                Collectors.groupingBy(
                    i -> size.apply(things.get(i)), LinkedHashMap::new, Collectors.toList()));
    Map<Integer, R> answers = new LinkedHashMap<>();
    for (List<Integer> alike : places.values()) {
      List<R> some = question.apply(alike.stream().map(things::get).toList());
      IntStream.range(0, some.size()).forEach(i -> answers.put(alike.get(i), some.get(i)));
    }
    return IntStream.range(0, things.size())
        .mapToObj(i -> Objects.requireNonNull(answers.get(i)))
        .toList();
  }
}
