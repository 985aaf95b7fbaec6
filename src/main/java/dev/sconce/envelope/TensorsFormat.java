package dev.sconce.envelope;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.json.RequestJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code {"id", "inputs": [{"name", "shape", "datatype", "data"}]}} → {@code {"id", "model_name",
 * "model_version", "outputs": [{"name", "datatype", "data", "shape"}]}}: {@code kservev2.py}. Each
 * input is an instance, whose output bears its name and is flat.
 *
 * @param modelName as clients ask for it
 * @param modelVersion as the manifest has it
 */
record TensorsFormat(String modelName, String modelVersion) implements EnvelopeFormat {
  private static final String INPUTS = "inputs";
  private static final String BYTES = "BYTES";
  private static final int ANY = -1;
  private static final int MOST_DIMENSIONS = 64; // what most of PyTorch's operators take
  private static final Set<String> NUMBERS =
      Set.of(
          "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16",
          "FP32", "FP64");

  @Override
  public Opened open(JsonNode body, Input request) {
    List<JsonNode> inputs = EnvelopeFormat.list(body, INPUTS);
    List<String> names = new ArrayList<>();
    List<Map<String, Part>> instances = new ArrayList<>();
    for (JsonNode input : inputs) {
      String place = INPUTS + "[" + names.size() + "]";
      names.add(text(place, input, "name"));
      instances.add(parts(place, input));
    }
    String id = id(body, request);
    return new Opened(INPUTS, instances, results -> seal(id, names, results));
  }

  /** The client's id; if it has none, or a blank one, the server's. */
  private static String id(JsonNode body, Input request) {
    JsonNode id = body.path("id");
    if (id.isMissingNode() || id.isNull()) {
      return request.requestId();
    }
    String text = text("body", body, "id");
    return text.isBlank() ? request.requestId() : text;
  }

  private static String text(String place, JsonNode object, String member) {
    JsonNode value = object.path(member);
    if (!value.isTextual()) {
      throw wrong(place + "." + member, value, "a text");
    }
    return value.asText();
  }

  private static RuntimeException wrong(String place, JsonNode value, String expected) {
    String found = value.isMissingNode() ? "missing" : RequestJson.shown(value);
    return EnvelopeFormat.refused(place + ": " + found + " (expected: " + expected + ")");
  }

  private static Map<String, Part> parts(String place, JsonNode input) {
    String datatype = text(place, input, "datatype");
    JsonNode data = input.path("data");
    if (!data.isArray()) {
      throw wrong(place + ".data", data, "a list");
    }
    Map<String, Part> parts = new LinkedHashMap<>();
    if (datatype.equals(BYTES)) {
      if (data.isEmpty()) {
        throw wrong(place + ".data", data, "a list of one");
      }
      parts.put("data", InstanceParts.part(place + ".data[0]", data.get(0)));
    } else if (NUMBERS.contains(datatype)) {
      JsonNode shaped = shaped(place, data, shape(place, input.path("shape")));
      parts.put("data", InstanceParts.part(place + ".data", shaped));
      parts.put("datatype", Part.of(datatype));
    } else {
      throw EnvelopeFormat.refused(
          place
              + ".datatype: "
              + datatype
              + " (expected: BYTES, BOOL, UINT8, UINT16, UINT32,"
              + " UINT64, INT8, INT16, INT32, INT64, FP16, FP32 or FP64)");
    }
    return parts;
  }

  /** Sizes as {@code numpy.reshape} takes them: one may be -1, for as many as there are. */
  private static int[] shape(String place, JsonNode shape) {
    boolean whole = shape.isArray() && shape.size() <= MOST_DIMENSIONS;
    int[] sizes = new int[shape.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape.get(i).asInt();
      whole &= shape.get(i).isInt() && (sizes[i] >= 1 || sizes[i] == ANY);
    }
    if (!whole || Arrays.stream(sizes).filter(size -> size == ANY).count() > 1) {
      throw wrong(
          place + ".shape",
          shape,
          "a list of at most "
              + MOST_DIMENSIONS
              + " whole numbers >= 1, of which one may be -1 instead");
    }
    return sizes;
  }

  /** The elements of {@code data}, nested or not, as nested lists of the given sizes. */
  private static JsonNode shaped(String place, JsonNode data, int[] sizes) {
    List<JsonNode> flat = new ArrayList<>();
    flatten(data, flat);
    long known = 1;
    for (int size : sizes) {
      known = known > Integer.MAX_VALUE || size == ANY ? known : known * size;
    }
    boolean open = Arrays.stream(sizes).anyMatch(size -> size == ANY);
    boolean fits = open ? !flat.isEmpty() && flat.size() % known == 0 : flat.size() == known;
    if (!fits) {
      throw EnvelopeFormat.refused(
          "%s.data: %d elements (expected: %s%d, for the shape)"
              .formatted(place, flat.size(), open ? "a multiple of " : "", known));
    }
    int rest = Math.toIntExact(flat.size() / known);
    int[] found = Arrays.stream(sizes).map(size -> size == ANY ? rest : size).toArray();
    return nested(flat.iterator(), found, 0);
  }

  private static void flatten(JsonNode data, List<JsonNode> flat) {
    for (JsonNode element : data) {
      if (element.isArray()) {
        flatten(element, flat);
      } else {
        flat.add(element);
      }
    }
  }

  private static JsonNode nested(Iterator<JsonNode> flat, int[] sizes, int depth) {
    if (depth == sizes.length) {
      return flat.next();
    }
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < sizes[depth]; i++) {
      list.add(nested(flat, sizes, depth + 1));
    }
    return list;
  }

  private Output seal(String id, List<String> names, List<Object> results) {
    List<Object> outputs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      FlatArray array = FlatArray.of(results.get(i));
      Map<String, Object> output = new LinkedHashMap<>();
      output.put("name", names.get(i));
      output.put("datatype", array.datatype());
      output.put("data", array.elements());
      output.put("shape", List.of(array.elements().size()));
      outputs.add(output);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("id", id);
    answer.put("model_name", modelName);
    answer.put("model_version", modelVersion);
    answer.put("outputs", outputs);
    return Output.json(answer);
  }
}
