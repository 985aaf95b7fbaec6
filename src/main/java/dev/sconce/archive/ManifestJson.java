package dev.sconce.archive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@link Manifest} as JSON: read as TorchServe's {@code Manifest.java} does, written byte for
 * byte as {@code torch-model-archiver} 0.12.0 does.
 */
final class ManifestJson {
  /** Where a manifest stands in an archive. */
  static final String FILE = "MAR-INF/MANIFEST.json";

  private static final int MAX_NAME = 128;
  private static final Pattern HANDLER = Pattern.compile("([^:]+)(:[\\w.]+)?");
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxStringLength(1 << 16)
                          .maxNameLength(1 << 10)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                  .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // A version written as the number 1.10 is the text 1.10.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private ManifestJson() {}

  /**
   * The manifest an archive holds.
   *
   * @param fileName the archive's file name, for messages and for a missing model name
   * @throws ServingException with {@link ErrorCode#INVALID_MODEL}, naming all faults
   */
  static Manifest parse(String fileName, byte[] json) {
    JsonNode root = tree(fileName, json);
    JsonNode model = root.path("model");
    Faults faults = new Faults(fileName + ": " + FILE);
    Fields top = new Fields("", root, faults);
    Fields fields =
        new Fields("model.", model.isMissingNode() ? JSON.createObjectNode() : model, faults);
    Manifest manifest =
        new Manifest(
            fields.name("modelName").orElse(Manifest.defaultName(fileName)),
            fields.name("modelVersion").orElse(Manifest.DEFAULT_VERSION),
            top.runtime(),
            fields.handler(),
            fields.file("serializedFile"),
            fields.file("modelFile"),
            fields.file("configFile"),
            fields.file("requirementsFile"),
            fields.file("sourceVocab"),
            top.text("createdOn"),
            top.text("archiverVersion"));
    faults.throwIfAny();
    return manifest;
  }

  private static JsonNode tree(String fileName, byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          fileName + ": " + FILE + ": " + Shown.value(e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL, fileName + ": " + FILE + ": unreadable", e);
    }
  }

  /** The JSON text, without a newline at its end. */
  static String write(Manifest manifest) {
    ObjectNode root = JSON.createObjectNode();
    put(root, "createdOn", manifest.createdOn());
    root.put("runtime", manifest.runtime().wireName());
    ObjectNode model = root.putObject("model");
    model.put("modelName", manifest.modelName());
    put(model, "serializedFile", manifest.serializedFile());
    put(model, "handler", manifest.handler());
    put(model, "modelFile", manifest.modelFile());
    model.put("modelVersion", manifest.modelVersion());
    put(model, "requirementsFile", manifest.requirementsFile());
    put(model, "configFile", manifest.configFile());
    put(root, "archiverVersion", manifest.archiverVersion());
    try {
      return JSON.writer(new PythonLayout()).writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts cannot be written", e);
    }
  }

  private static void put(ObjectNode node, String key, Optional<String> value) {
    value.ifPresent(text -> node.put(key, text));
  }

  /** The fields of one JSON object, as far as they are what they should be. */
  private record Fields(String path, JsonNode node, Faults faults) {
    private Fields {
      if (!node.isObject()) {
        faults.add(path.isEmpty() ? "the manifest" : "model", node, "an object");
      }
    }

    /** A text; numbers are taken as they are written, and an empty text is none at all. */
    Optional<String> text(String key) {
      JsonNode value = node.path(key);
      if (value.isMissingNode() || value.isNull()) {
        return Optional.empty();
      }
      if (!value.isTextual() && !value.isNumber()) {
        faults.add(path + key, value, "a text");
        return Optional.empty();
      }
      return Optional.of(value.asText()).filter(text -> !text.isEmpty());
    }

    /** A name that can stand in the path of a request. */
    Optional<String> name(String key) {
      Optional<String> name = text(key);
      name.filter(n -> n.length() > MAX_NAME || n.chars().anyMatch(Fields::unfit))
          .ifPresent(
              n ->
                  faults.add(
                      path + key,
                      n,
                      "at most " + MAX_NAME + " characters, no slashes or control characters"));
      return name;
    }

    private static boolean unfit(int c) {
      return c == '/' || Character.isISOControl(c);
    }

    /** A file, which must lie inside the archive. */
    Optional<String> file(String key) {
      Optional<String> name = text(key);
      name.filter(n -> EntryName.fault(n).isPresent() || EntryName.normalise(n).isEmpty())
          .ifPresent(n -> faults.add(path + key, n, "a file inside the archive"));
      return name.map(EntryName::normalise);
    }

    /** A name or a file inside the archive; {@code :function} may follow. */
    Optional<String> handler() {
      Optional<String> handler = text("handler");
      handler
          .filter(h -> !isHandler(HANDLER.matcher(h)))
          .ifPresent(h -> faults.add(path + "handler", h, "a name, or a file inside the archive"));
      return handler;
    }

    private static boolean isHandler(Matcher handler) {
      return handler.matches() && EntryName.fault(handler.group(1)).isEmpty();
    }

    ModelRuntime runtime() {
      Optional<String> text = text("runtime");
      Optional<ModelRuntime> runtime = text.flatMap(ModelRuntime::of);
      if (text.isPresent() && runtime.isEmpty()) {
        faults.add("runtime", text.get(), "one of " + ModelRuntime.wireNames());
      }
      return runtime.orElse(ModelRuntime.PYTHON);
    }
  }

  /** The layout of Python's {@code json.dumps(value, indent=2)}. */
  private static final class PythonLayout extends DefaultPrettyPrinter {
    private static final long serialVersionUID = 1L;

    PythonLayout() {
      super(
          Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
      indentObjectsWith(new DefaultIndenter("  ", "\n"));
    }

    private PythonLayout(PythonLayout base) {
      super(base);
    }

    @Override
    public DefaultPrettyPrinter createInstance() {
      return new PythonLayout(this);
    }
  }
}
