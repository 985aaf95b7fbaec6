package dev.sconce.torch;

import java.util.OptionalInt;

/**
 * How the engine is to start.
 *
 * @param intraOpThreads threads that each forward uses on the CPU; empty for all cores that this
 *     process may use if it is alone at work, and else its part of them
 * @param maxGpus how many GPUs may be used at most; empty for all that are found, 0 for none
 */
public record EngineSettings(OptionalInt intraOpThreads, OptionalInt maxGpus) {
  /** All cores, all GPUs. */
  public static final EngineSettings DEFAULT =
      new EngineSettings(OptionalInt.empty(), OptionalInt.empty());

  /** Checks the ranges. */
  public EngineSettings {
    if (intraOpThreads.isPresent() && intraOpThreads.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "intraOpThreads: " + intraOpThreads.getAsInt() + " (expected: >= 1)");
    }
    if (maxGpus.isPresent() && maxGpus.getAsInt() < 0) {
      throw new IllegalArgumentException("maxGpus: " + maxGpus.getAsInt() + " (expected: >= 0)");
    }
  }
}
