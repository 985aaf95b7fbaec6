package dev.sconce.handler;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.json.RequestJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The names of a model's classes: its {@code index_to_name.json}, as TorchServe reads it ({@code
 * load_label_mapping}). Immutable.
 *
 * <p>The file is an object of indices with their names, {@code {"0": "cat"}}, where a list stands
 * for its last element, {@code {"0": ["n02123045", "tabby"]}}; or of all names in order, {@code
 * {"object_type_names": ["background", "cat"]}}. Without the file each index is its own name.
 */
public final class ClassNames {
  private static final String FILE = "index_to_name.json";
  private static final String ALL_IN_ORDER = "object_type_names";

  private final Optional<Map<String, String>> names;

  private ClassNames(Optional<Map<String, String>> names) {
    this.names = names;
  }

  /**
   * Reads the names of the model in a directory.
   *
   * @throws ServingException {@code INVALID_MODEL} if the file is there and is not of these forms
   */
  public static ClassNames in(Path modelDirectory) {
    Path file = modelDirectory.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return new ClassNames(Optional.empty());
    }
    try {
      JsonNode root = RequestJson.read(Files.readString(file));
      if (!root.isObject()) {
        throw refused("a JSON " + root.getNodeType(), "an object of indices with their names");
      }
      return new ClassNames(Optional.of(read(root)));
    } catch (IOException | IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()), "an object of indices with their names");
    }
  }

  private static Map<String, String> read(JsonNode root) {
    Map<String, String> names = new HashMap<>();
    JsonNode inOrder = root.path(ALL_IN_ORDER);
    if (inOrder.isArray()) {
      for (JsonNode name : inOrder) {
        String index = "" + names.size();
        names.put(index, text(index, name));
      }
      return names;
    }
    root.properties()
        .forEach(
            member -> {
              JsonNode value = member.getValue();
              JsonNode name =
                  value.isArray() && !value.isEmpty() ? value.get(value.size() - 1) : value;
              names.put(member.getKey(), text(member.getKey(), name));
            });
    return names;
  }

  private static String text(String index, JsonNode name) {
    if (!name.isTextual()) {
      throw refused(index + ": " + name, "a text, or a list whose last element is one");
    }
    return name.textValue();
  }

  private static ServingException refused(String what, String expected) {
    return new ServingException(
        ErrorCode.INVALID_MODEL, FILE + ": " + what + " (expected: " + expected + ")");
  }

  /**
   * The name of a class.
   *
   * @throws ServingException {@code INTERNAL} if the file has none for it: TorchServe fails there,
   *     too, and a number among names would hide that the file is not this model's
   */
  public String of(long index) {
    String key = Long.toString(index);
    if (names.isEmpty()) {
      return key;
    }
    @Nullable String name = names.get().get(key);
    if (name == null) {
      throw new ServingException(
          ErrorCode.INTERNAL,
          "%s: class %s has no name (expected: one for each class; it names %d)"
              .formatted(FILE, key, names.get().size()));
    }
    return name;
  }

  /** For people who ask where the names are from. */
  public String describe() {
    return names.map(all -> all.size() + " in " + FILE).orElse("none: indices as they are");
  }
}
