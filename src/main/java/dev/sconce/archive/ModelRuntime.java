package dev.sconce.archive;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The language TorchServe ran an archive's handler in. Nothing here runs any of them; the value is
 * written, checked and described.
 */
public enum ModelRuntime {
  /** The default. */
  PYTHON("python"),
  /** Python, from when 2 was still served. */
  PYTHON3("python3"),
  /** TorchServe's C++ back end. */
  LSP("LSP");

  private final String wireName;

  ModelRuntime(String wireName) {
    this.wireName = wireName;
  }

  /** As manifests, flags and requests write it. */
  public String wireName() {
    return wireName;
  }

  /** The runtime of that name; empty if there is none. */
  public static Optional<ModelRuntime> of(String wireName) {
    return Arrays.stream(values()).filter(r -> r.wireName.equals(wireName)).findFirst();
  }

  /** All names, for messages: {@code python, python3, LSP}. */
  public static String wireNames() {
    return Arrays.stream(values()).map(ModelRuntime::wireName).collect(Collectors.joining(", "));
  }
}
