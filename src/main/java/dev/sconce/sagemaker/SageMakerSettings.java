package dev.sconce.sagemaker;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What SageMaker tells a container, and what a laptop that stands in for SageMaker is told.
 *
 * @param multiModel whether SageMaker loads and unloads models itself: {@code
 *     SAGEMAKER_MULTI_MODEL=true}
 * @param localDirectory where {@code s3://bucket/key} is {@code bucket/key}, for the routes of
 *     SageMaker's runtime client; empty if there are none
 * @param batch whether this is a batch transform: {@code SAGEMAKER_BATCH}
 * @param batchStrategy {@code SINGLE_RECORD} or {@code MULTI_RECORD}, if {@code
 *     SAGEMAKER_BATCH_STRATEGY} says which
 * @param maxConcurrentTransforms how many requests a batch transform sends at a time, 1 or more, if
 *     {@code SAGEMAKER_MAX_CONCURRENT_TRANSFORMS} says so
 * @param maxPayloadMegabytes the largest request in MiB, if {@code SAGEMAKER_MAX_PAYLOAD_IN_MB}
 *     says so; 0 for any size
 * @param defaultAccept in which form to answer who accepts any: {@code
 *     SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT}
 */
public record SageMakerSettings(
    boolean multiModel,
    Optional<Path> localDirectory,
    boolean batch,
    Optional<String> batchStrategy,
    OptionalInt maxConcurrentTransforms,
    OptionalInt maxPayloadMegabytes,
    Optional<String> defaultAccept) {
  /** Nothing of it. */
  public static final SageMakerSettings NONE = new SageMakerSettings(false, Optional.empty());

  /** Without a word about batch transforms and answers. */
  public SageMakerSettings(boolean multiModel, Optional<Path> localDirectory) {
    this(
        multiModel,
        localDirectory,
        false,
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }
}
