package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What {@code --handler} means. In this order:
 *
 * <ol>
 *   <li>one of TorchServe's own handler names,
 *   <li>a file of that name, or of that name with {@code .py} behind it ({@code .so} or {@code
 *       .dylib} for the C++ runtime); {@code :function} may follow the name,
 *   <li>if the name has no directory, no {@code .py} at its end and no {@code :function}: a name
 *       the server has to know, that is a handler of its own ({@code twin}) or a Java class ({@code
 *       com.example.MyHandler}). Nothing here can check it, so the user is told.
 * </ol>
 *
 * <p>The first two are those of {@code model_packaging_utils.py} of torch-model-archiver 0.12.0,
 * except that it fails on {@code handler.py:function}.
 *
 * @param manifestName what the manifest says: the name without its directory
 * @param file the file to be packed, as the user wrote it; empty for a name
 * @param unchecked whether the name is neither a file nor one of TorchServe's
 */
record HandlerArgument(String manifestName, Optional<String> file, boolean unchecked) {
  private static final Set<String> TORCHSERVE_PYTHON =
      Set.of(
          "base_handler",
          "text_classifier",
          "image_classifier",
          "object_detector",
          "image_segmenter",
          "dali_image_classifier",
          "vllm_handler",
          "trt_llm_handler");
  private static final Set<String> TORCHSERVE_LSP = Set.of("BaseHandler", "TorchScriptHandler");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_$][\\w$]*(\\.[A-Za-z_$][\\w$]*)*");

  /**
   * Finds out what {@code handler} is.
   *
   * @throws ServingException with {@link ErrorCode#BAD_REQUEST} if it is none of the above
   */
  static HandlerArgument of(String handler, ModelRuntime runtime, Path workingDirectory) {
    boolean lsp = runtime == ModelRuntime.LSP;
    if ((lsp ? TORCHSERVE_LSP : TORCHSERVE_PYTHON).contains(handler)) {
      return new HandlerArgument(handler, Optional.empty(), false);
    }
    int slash = Math.max(handler.lastIndexOf('/'), handler.lastIndexOf('\\'));
    int colon = handler.indexOf(':', slash + 1);
    String file = colon < 0 ? handler : handler.substring(0, colon);
    String manifestName = handler.substring(slash + 1);
    String suffix = lsp ? librarySuffix() : ".py";
    String candidate = file.endsWith(suffix) ? file : file + suffix;
    if (Files.isRegularFile(workingDirectory.resolve(candidate))) {
      return new HandlerArgument(manifestName, Optional.of(candidate), false);
    }
    boolean name = !lsp && slash < 0 && colon < 0 && !file.endsWith(suffix);
    if (!name || !NAME.matcher(file).matches()) {
      throw notFound(handler, candidate);
    }
    return new HandlerArgument(handler, Optional.empty(), true);
  }

  private static String librarySuffix() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return os.contains("mac") ? ".dylib" : ".so";
  }

  private static ServingException notFound(String handler, String file) {
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        "--handler: "
            + handler
            + " (expected: the existing file "
            + file
            + ", the name of a built-in handler such as image_classifier, or a Java class name)");
  }
}
