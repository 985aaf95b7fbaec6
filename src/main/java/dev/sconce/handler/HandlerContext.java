package dev.sconce.handler;

import dev.sconce.error.ServingException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What a handler is told when it is initialized.
 *
 * @param modelName the name the model is registered under
 * @param modelVersion its version
 * @param modelDirectory the unpacked archive; read-only, and gone once the model is unregistered;
 *     for a built-in handler once it is initialized
 * @param serializedFile the manifest's weights file, if it names one; relative to the directory
 * @param replacedHandler the archive's own Python handler that this one stands in for and that was
 *     not run; relative to the directory
 * @param settings the model's configuration ({@code model-config.yaml})
 * @param device where this handler's worker computes
 * @param shared what all workers of this model version on this device share
 * @param metrics the handler's own metrics
 * @param files has the files be there for a built-in handler that needs them later
 */
public record HandlerContext(
    String modelName,
    String modelVersion,
    Path modelDirectory,
    Optional<String> serializedFile,
    Optional<String> replacedHandler,
    HandlerSettings settings,
    Device device,
    SharedResources shared,
    HandlerMetrics metrics,
    ModelFiles files) {

  /** A context whose files stay where they are, as those of a user's own handler do. */
  public HandlerContext(
      String modelName,
      String modelVersion,
      Path modelDirectory,
      Optional<String> serializedFile,
      Optional<String> replacedHandler,
      HandlerSettings settings,
      Device device,
      SharedResources shared,
      HandlerMetrics metrics) {
    this(
        modelName,
        modelVersion,
        modelDirectory,
        serializedFile,
        replacedHandler,
        settings,
        device,
        shared,
        metrics,
        ModelFiles.in(modelDirectory));
  }

  /** The same model, whose files are in another directory by now. */
  public HandlerContext in(Path directory) {
    return new HandlerContext(
        modelName,
        modelVersion,
        directory,
        serializedFile,
        replacedHandler,
        settings,
        device,
        shared,
        metrics,
        files);
  }

  /**
   * The file that the model is in: the manifest's {@code serializedFile}; without one, the
   * directory's only {@code .pt}, {@code .pth}, {@code .bin} or {@code .safetensors} file.
   *
   * @param besides names of such files that are something else, a vocabulary for instance
   * @throws ServingException {@code INVALID_MODEL} if it is not there, or there are several, naming
   *     what is
   */
  public Path modelFile(String... besides) {
    return ModelFile.in(modelDirectory, serializedFile, Set.of(besides));
  }
}
