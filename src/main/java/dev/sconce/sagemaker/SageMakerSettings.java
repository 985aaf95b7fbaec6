package dev.sconce.sagemaker;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What SageMaker tells a container, and what a laptop that stands in for SageMaker is told.
 *
 * @param multiModel whether SageMaker loads and unloads models itself: {@code
 *     SAGEMAKER_MULTI_MODEL=true}
 * @param localDirectory where {@code s3://bucket/key} is {@code bucket/key}, for the routes of
 *     SageMaker's runtime client; empty if there are none
 */
public record SageMakerSettings(boolean multiModel, Optional<Path> localDirectory) {
  /** Neither. */
  public static final SageMakerSettings NONE = new SageMakerSettings(false, Optional.empty());
}
