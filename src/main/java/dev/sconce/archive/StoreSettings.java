package dev.sconce.archive;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where archives lie and how they are unpacked.
 *
 * @param modelStore the only directory models are taken from; none means that no model can be
 *     registered
 * @param temporaryDirectory archives are unpacked into private directories below it; made if
 *     missing
 * @param limits how much one archive may unpack to
 */
public record StoreSettings(
    Optional<Path> modelStore, Path temporaryDirectory, ExtractionLimits limits) {}
