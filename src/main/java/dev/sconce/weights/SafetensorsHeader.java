package dev.sconce.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the JSON header of a safetensors file: {@code {name: {"dtype": "F32", "shape": [2, 3],
 * "data_offsets": [begin, end]}}}, with a {@code __metadata__} that is skipped.
 *
 * <p>Owned by the one thread that reads the file.
 */
final class SafetensorsHeader {
  private static final int DEEPEST_NESTING = 3;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(DEEPEST_NESTING).build())
          .build();

  private final Source source;
  private final JsonParser json;

  /**
   * What the header says of a tensor.
   *
   * @param begin its first byte, counted from the end of the header
   * @param end the byte after its last
   */
  record Entry(String name, DType dtype, Shape shape, long begin, long end) {}

  private SafetensorsHeader(Source source, JsonParser json) {
    this.source = source;
    this.json = json;
  }

  /** The tensors that the header lists, in its order; that they fit one another is not checked. */
  static List<Entry> read(Source source, byte[] header) {
    try (JsonParser json = JSON.createParser(header)) {
      return new SafetensorsHeader(source, json).entries();
    } catch (JsonProcessingException e) {
      throw source.fault("safetensors header: " + Source.excerpt(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw source.fault("safetensors header: " + e.getMessage() + " (expected: UTF-8)", e);
    }
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    json.nextToken();
    require(JsonToken.START_OBJECT, "an object");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      if (name.equals("__metadata__")) {
        json.skipChildren();
      } else {
        entries.add(entry(name));
      }
      if (entries.size() > Limits.TENSORS) {
        throw fault("more than " + Limits.TENSORS + " tensors", "no more");
      }
    }
    if (json.nextToken() != null) {
      throw fault("more than one object", "nothing but spaces behind it");
    }
    return entries;
  }

  private Entry entry(String name) throws IOException {
    require(JsonToken.START_OBJECT, "an object for " + Source.excerpt(name));
    Optional<DType> dtype = Optional.empty();
    Optional<Shape> shape = Optional.empty();
    List<Long> offsets = List.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "dtype" -> dtype = Optional.of(dtype(name));
        case "shape" -> shape = Optional.of(shape(name));
        case "data_offsets" -> offsets = integers("data_offsets of " + name);
        default -> throw fault(name + " has a field " + field, "dtype, shape, data_offsets");
      }
    }
    if (dtype.isEmpty() || shape.isEmpty() || offsets.size() != 2) {
      throw fault(name + " is incomplete", "dtype, shape and data_offsets with begin and end");
    }
    return new Entry(name, dtype.get(), shape.get(), offsets.get(0), offsets.get(1));
  }

  private DType dtype(String name) throws IOException {
    require(JsonToken.VALUE_STRING, "text as dtype of " + Source.excerpt(name));
    String dtype = json.getText();
    return DType.ofSafetensorsName(dtype)
        .orElseThrow(() -> fault(name + " has dtype " + dtype, "a real number type such as F32"));
  }

  private Shape shape(String name) throws IOException {
    List<Long> sizes = integers("shape of " + name);
    if (sizes.size() > Limits.RANK) {
      throw fault(name + " has " + sizes.size() + " dimensions", "<= " + Limits.RANK);
    }
    try {
      return new Shape(sizes);
    } catch (IllegalArgumentException e) {
      throw source.fault(Source.excerpt(name) + ": " + e.getMessage(), e);
    }
  }

  private List<Long> integers(String what) throws IOException {
    require(JsonToken.START_ARRAY, "an array as " + Source.excerpt(what));
    List<Long> integers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(JsonToken.VALUE_NUMBER_INT, "integers in " + Source.excerpt(what));
      integers.add(json.getLongValue());
    }
    return integers;
  }

  private void require(JsonToken token, String what) {
    if (json.currentToken() != token) {
      throw fault(String.valueOf(json.currentToken()), what);
    }
  }

  private ServingException fault(String found, String expected) {
    return source.fault(
        "safetensors header: " + Source.excerpt(found) + " (expected: " + expected + ")");
  }
}
