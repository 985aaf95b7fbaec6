package dev.sconce.archive;

import java.util.Optional;

/**
 * What {@code MAR-INF/MANIFEST.json} says about a model, with TorchServe's defaults for what it
 * does not say.
 *
 * @param modelName the model's name; without one in the manifest, made from the archive's file name
 * @param modelVersion its version; {@code 1.0} if the manifest names none
 * @param runtime the handler's language; Python if the manifest names none
 * @param handler a built-in handler's name, a Python file with or without {@code :function}, or a
 *     Java class name
 * @param serializedFile the weights' file; like all files here, relative to the archive's top and
 *     inside it, though it need not exist
 * @param modelFile the Python file with the network's definition
 * @param configFile the model's configuration
 * @param requirementsFile the Python packages the handler asks for
 * @param sourceVocab the vocabulary of a text model, as archivers before TorchServe 0.2 name it
 * @param createdOn when the archive was written, {@code dd/MM/yyyy HH:mm:ss} in an unknown zone
 * @param archiverVersion what wrote it
 */
public record Manifest(
    String modelName,
    String modelVersion,
    ModelRuntime runtime,
    Optional<String> handler,
    Optional<String> serializedFile,
    Optional<String> modelFile,
    Optional<String> configFile,
    Optional<String> requirementsFile,
    Optional<String> sourceVocab,
    Optional<String> createdOn,
    Optional<String> archiverVersion) {
  /** The version of a model whose archive does not say. */
  public static final String DEFAULT_VERSION = "1.0";

  /**
   * The name of a model whose archive does not say, by TorchServe's rule ({@code ModelServer.java},
   * {@code getDefaultModelName}): the file name, without its last extension if it is a {@code .mar}
   * or {@code .model}, with everything but ASCII letters, digits and underscores replaced.
   */
  static String defaultName(String fileName) {
    boolean named = fileName.contains(".mar") || fileName.contains(".model");
    String stem = named ? fileName.substring(0, fileName.lastIndexOf('.')) : fileName;
    return stem.replaceAll("\\W|^_", "_");
  }

  /** What holds for an archive without a manifest. */
  static Manifest empty(String fileName) {
    return new Manifest(
        defaultName(fileName),
        DEFAULT_VERSION,
        ModelRuntime.PYTHON,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
