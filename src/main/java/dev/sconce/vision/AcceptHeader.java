package dev.sconce.vision;

import dev.sconce.handler.Input;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * In which form a client wants its answer, for handlers that have several.
 *
 * <p>Only a header that names one of these forms and nothing else is a wish. None at all, {@code
 * *}{@code /*}, a list as browsers and SDKs send it, or a type that is not made gets the handler's
 * default, as TorchServe's handlers give it to everyone.
 */
final class AcceptHeader {
  private AcceptHeader() {}

  /**
   * The form that is wished for.
   *
   * @param forms media types in small letters, besides the default
   * @return one of {@code forms}; empty for the default
   */
  static Optional<String> wish(Input input, String... forms) {
    return input.header("accept").flatMap(accept -> wish(accept, List.of(forms)));
  }

  private static Optional<String> wish(String accept, List<String> forms) {
    List<String> words =
        Arrays.stream(accept.toLowerCase(Locale.ROOT).split(";", -1)).map(String::strip).toList();
    boolean refused =
        words.stream().skip(1).anyMatch(parameter -> parameter.matches("q\\s*=\\s*0(\\.0*)?"));
    return forms.stream().filter(form -> !refused && form.equals(words.get(0))).findFirst();
  }
}
