package dev.sconce.envelope;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.json.PythonJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code {"instances": […]}} → {@code {"predictions": […]}}, or of an explanation in the second
 * form {@code {"explanations": […]}}: {@code json.py} and {@code kserve.py}.
 *
 * @param oneLine whether the answer is on one line, as {@code json.dumps} writes it unasked
 */
record InstancesFormat(boolean oneLine) implements EnvelopeFormat {
  private static final String INSTANCES = "instances";

  @Override
  public Opened open(JsonNode body, Input request) {
    List<JsonNode> list = EnvelopeFormat.list(body, INSTANCES);
    List<Map<String, Part>> instances = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      instances.add(InstanceParts.of(INSTANCES + "[" + i + "]", list.get(i)));
    }
    // TorchServe's json envelope does not ask what the request was for.
    String member = !oneLine && request.explain() ? "explanations" : "predictions";
    return new Opened(INSTANCES, instances, results -> seal(member, results));
  }

  private Output seal(String member, List<Object> results) {
    Map<String, Object> answer = Map.of(member, results);
    return oneLine
        ? Output.bytes("application/json", PythonJson.oneLine(answer))
        : Output.json(answer);
  }
}
