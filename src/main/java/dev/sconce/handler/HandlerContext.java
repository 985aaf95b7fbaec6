package dev.sconce.handler;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a handler is told when it is initialized.
 *
 * @param modelName the name the model is registered under
 * @param modelVersion its version
 * @param modelDirectory the unpacked archive; read-only, and gone once the model is unregistered
 * @param serializedFile the manifest's weights file, if it names one; relative to the directory
 * @param replacedHandler the archive's own Python handler that this one stands in for and that was
 *     not run; relative to the directory
 * @param settings the model's configuration ({@code model-config.yaml})
 * @param device where this handler's worker computes
 * @param shared what all workers of this model version on this device share
 */
public record HandlerContext(
    String modelName,
    String modelVersion,
    Path modelDirectory,
    Optional<String> serializedFile,
    Optional<String> replacedHandler,
    HandlerSettings settings,
    Device device,
    SharedResources shared) {}
