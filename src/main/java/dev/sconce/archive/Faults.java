package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one file, so that its author learns of everything at once. */
final class Faults {
  private final String file;
  private final List<String> faults = new ArrayList<>();

  /**
   * @param file the archive and the file in it, as in {@code twin.mar: model-config.yaml}
   */
  Faults(String file) {
    this.file = file;
  }

  /** Notes that {@code key} is set to {@code value} where {@code expected} was expected. */
  void add(String key, Object value, String expected) {
    faults.add(key + ": " + Shown.value(value) + " (expected: " + expected + ")");
  }

  /**
   * Throws {@code INVALID_MODEL} naming the file and all its faults, if there are any.
   *
   * @throws ServingException with {@link ErrorCode#INVALID_MODEL}
   */
  void throwIfAny() {
    if (!faults.isEmpty()) {
      throw new ServingException(ErrorCode.INVALID_MODEL, file + ": " + String.join("; ", faults));
    }
  }
}
