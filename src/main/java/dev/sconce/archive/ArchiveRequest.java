package dev.sconce.archive;

import java.util.Optional;

/**
 * What is to be packed, as {@code torch-model-archiver}'s flags say it. Paths are as the user wrote
 * them, relative to the writer's working directory.
 *
 * @param modelName the model's name, and the archive's
 * @param modelVersion the model's version
 * @param runtime the handler's language
 * @param handler a built-in handler's name, a Python file with or without {@code .py} and {@code
 *     :function}, or a Java class name
 * @param modelFile the Python file with the network's definition
 * @param serializedFile the weights
 * @param extraFiles further files, directories and wildcard patterns, separated by commas
 * @param requirementsFile the handler's Python packages
 * @param configFile the model's configuration
 */
public record ArchiveRequest(
    String modelName,
    String modelVersion,
    ModelRuntime runtime,
    String handler,
    Optional<String> modelFile,
    Optional<String> serializedFile,
    Optional<String> extraFiles,
    Optional<String> requirementsFile,
    Optional<String> configFile) {}
