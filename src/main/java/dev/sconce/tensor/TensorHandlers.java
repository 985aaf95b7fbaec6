package dev.sconce.tensor;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerRecogniser;
import dev.sconce.torch.ScriptLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** This room's handlers by name, and which of them fits a lone TorchScript file. Immutable. */
public final class TensorHandlers implements HandlerRecogniser {
  /** What AWS's containers answer to clients without a wish, unless they are told otherwise. */
  public static final String DEFAULT_ACCEPT = AnswerForm.JSON;

  private final ScriptLoader scripts;
  private final String defaultAccept;

  /**
   * Handlers of the modules that {@code scripts} loads.
   *
   * @param defaultAccept what stands in for an {@code Accept} header that is missing or {@code
   *     *}{@code /*}, where the answer has several forms
   * @throws ServingException {@code INVALID_CONFIGURATION} if it names no form that there is
   */
  public TensorHandlers(ScriptLoader scripts, String defaultAccept) {
    if (!answerIn(defaultAccept)) {
      throw new ServingException(
          ErrorCode.INVALID_CONFIGURATION,
          "the default for Accept: %s (expected: %s)".formatted(defaultAccept, forms()));
    }
    this.scripts = scripts;
    this.defaultAccept = defaultAccept;
  }

  /** Whether {@code defaultAccept} names a form that there is. */
  public static boolean answerIn(String defaultAccept) {
    return AnswerForm.exact(defaultAccept).isPresent();
  }

  /** The forms that there are, for messages. */
  public static String forms() {
    return String.join(", ", AnswerForm.SUPPORTED);
  }

  /** Each handler by the name that register calls and manifests use. */
  public Map<String, Supplier<Handler<?, ?>>> byName() {
    return Map.of(
        BaseHandler.NAME,
        () -> new BaseHandler(scripts),
        DefaultInferenceHandler.NAME,
        () -> new DefaultInferenceHandler(scripts, defaultAccept));
  }

  /** A TorchScript file of any kind can be served; so others are to look before. */
  @Override
  public Recognition recognise(Path modelDirectory) {
    return TorchScriptFile.isIn(modelDirectory)
        ? new Recognition(Optional.of(DefaultInferenceHandler.NAME), "a TorchScript file")
        : new Recognition(
            Optional.empty(),
            "no TorchScript file",
            TorchScriptFile.severalIn(modelDirectory)
                .map(
                    names ->
                        "only one of %s; or a handler, and %s".formatted(names, FILE_IN_MANIFEST)));
  }
}
