package dev.sconce.torch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The operators that a TorchScript archive calls and that this libtorch does not have, such as
 * torchvision's. libtorch stops at the first; the archive's text has the others of its library.
 */
final class MissingOperators {
  private static final Pattern UNKNOWN =
      Pattern.compile("Unknown builtin op: ([A-Za-z0-9_]+)::([A-Za-z0-9_]+)");
  private static final Pattern CALL =
      Pattern.compile("(?<![A-Za-z0-9_.])ops\\.([A-Za-z0-9_]+)\\.([A-Za-z0-9_]+)");

  private MissingOperators() {}

  /**
   * What is missing and how to give it.
   *
   * @param reason libtorch's, why it does not load the file
   * @return empty if libtorch misses no operator
   */
  static Optional<String> named(Path file, String reason) {
    Matcher unknown = UNKNOWN.matcher(reason);
    if (!unknown.find()) {
      return Optional.empty();
    }
    String library = unknown.group(1);
    Set<String> names = new TreeSet<>(Set.of(library + "::" + unknown.group(2)));
    try (ScriptZip archive = new ScriptZip(file)) {
      addCalls(archive, library, names);
    } catch (IOException e) {
      // the one that libtorch named will have to do
    }
    return Optional.of(
        "it calls operators that libtorch lacks: "
            + String.join(", ", names)
            + " (expected: a library for this libtorch that has them, its path in the environment's "
            + TorchEngine.EXTRA_LIBRARIES
            + " when the server starts; for torchvision:: its libtorchvision)");
  }

  private static void addCalls(ScriptZip archive, String library, Set<String> names)
      throws IOException {
    for (String name : archive.textNames()) {
      Matcher call = CALL.matcher(archive.text(name).orElse(""));
      while (call.find()) {
        if (call.group(1).equals(library)) {
          names.add(library + "::" + call.group(2));
        }
      }
    }
  }
}
