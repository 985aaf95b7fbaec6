package dev.sconce.config;

import dev.sconce.sagemaker.SageMakerSettings;
import java.util.Optional;

/** The variables that SageMaker sets for its containers. */
final class SageMakerKeys {
  private final KeyReader keys;

  private SageMakerKeys(KeyReader keys) {
    this.keys = keys;
  }

  static SageMakerSettings read(KeyReader keys, Overrides overrides) {
    return new SageMakerSettings(
        new SageMakerKeys(keys).flag("SAGEMAKER_MULTI_MODEL"), overrides.sageMakerLocal());
  }

  /** SageMaker itself writes {@code true} and {@code True}. */
  private boolean flag(String variable) {
    Optional<String> value = keys.variable(variable);
    value
        .filter(text -> !text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false"))
        .ifPresent(text -> keys.fault(variable, text, "true or false"));
    return value.filter("true"::equalsIgnoreCase).isPresent();
  }
}
