package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads a YAML file of plain data by the rules of YAML 1.1, as TorchServe (SnakeYAML) and its
 * handlers (PyYAML) do. SnakeYAML is used directly because Jackson's layer over it reads an alias
 * as the alias's name.
 *
 * <p>What comes out is maps with text keys, lists, text, booleans and numbers ({@code Integer},
 * {@code Long}, {@code BigInteger}, {@code Double}); dates stay text. A key without a value is left
 * out; an empty element of a list is null.
 */
final class PlainYaml {
  private static final int MAX_CODE_POINTS = 256 << 10;
  private static final int MAX_ALIASES = 20;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_VALUES = 100_000;

  private final String file;
  private int values;

  private PlainYaml(String file) {
    this.file = file;
  }

  /**
   * The file's top level; empty for an empty file.
   *
   * @param file the archive and the file in it, for messages
   * @throws ServingException with {@link ErrorCode#INVALID_MODEL} if this is no YAML, no map, more
   *     than plain data, or too much of it
   */
  static Map<String, Object> parse(String file, byte[] yaml) {
    PlainYaml parser = new PlainYaml(file);
    try {
      LoaderOptions options = options();
      Object root = new Yaml(new PlainConstructor(options)).load(new ByteArrayInputStream(yaml));
      if (root == null) {
        return Map.of();
      }
      if (root instanceof Map<?, ?> map) {
        return parser.copy(map, 0);
      }
      throw parser.refused("a map of keys to values is expected at its top");
    } catch (MarkedYAMLException e) {
      String context = e.getContext() == null ? "" : e.getContext() + " ";
      throw parser.refused(where(e.getProblemMark()) + context + e.getProblem());
    } catch (ServingException e) {
      throw e;
    } catch (RuntimeException e) {
      // SnakeYAML's own exception, or what its number parsing throws.
      throw parser.refused(String.valueOf(e.getMessage()));
    }
  }

  private static LoaderOptions options() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setCodePointLimit(MAX_CODE_POINTS);
    return options;
  }

  private static String where(@Nullable Mark mark) {
    return mark == null ? "" : "line " + (mark.getLine() + 1) + ": ";
  }

  private Map<String, Object> copy(Map<?, ?> map, int depth) {
    Map<String, Object> copy = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String key = key(entry.getKey());
      Object value = value(entry.getValue(), depth);
      if (value != null && copy.put(key, value) != null) {
        throw refused("found duplicate key " + key);
      }
    }
    return Collections.unmodifiableMap(copy);
  }

  private String key(@Nullable Object key) {
    if (key instanceof String || key instanceof Number || key instanceof Boolean) {
      return key.toString();
    }
    throw refused("a key is " + Shown.value(key) + " (expected: a text)");
  }

  private @Nullable Object value(@Nullable Object value, int depth) {
    // An alias costs a few characters and can stand for the whole file, or for what it lies in.
    if (++values > MAX_VALUES || depth > MAX_DEPTH) {
      throw refused("its aliases stand for too much (limit: " + MAX_VALUES + " values)");
    }
    if (value instanceof Map<?, ?> map) {
      return copy(map, depth + 1);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      for (Object element : list) {
        copy.add(value(element, depth + 1));
      }
      return Collections.unmodifiableList(copy);
    }
    return value;
  }

  private ServingException refused(String why) {
    return new ServingException(ErrorCode.INVALID_MODEL, file + ": " + Shown.value(why));
  }

  /** Knows no tags but those of plain data, and leaves dates as they are written. */
  private static final class PlainConstructor extends SafeConstructor {
    PlainConstructor(LoaderOptions options) {
      super(options);
      yamlConstructors.put(Tag.TIMESTAMP, yamlConstructors.get(Tag.STR));
      List.of(Tag.BINARY, Tag.OMAP, Tag.PAIRS, Tag.SET).forEach(yamlConstructors::remove);
    }
  }
}
