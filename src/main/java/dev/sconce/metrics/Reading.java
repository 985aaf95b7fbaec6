package dev.sconce.metrics;

import java.util.List;

/**
 * One value of a family that is read when somebody asks for it.
 *
 * @param labelValues one for each label of the family, in its order
 */
public record Reading(List<String> labelValues, double value) {
  /** Copies the list. */
  public Reading {
    labelValues = List.copyOf(labelValues);
  }

  /** A value with these labels. */
  public static Reading of(double value, String... labelValues) {
    return new Reading(List.of(labelValues), value);
  }
}
