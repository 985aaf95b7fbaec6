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
 * @param explanations the member that explanations are put into; predictions are in {@code
 *     predictions}
 */
record InstancesFormat(boolean oneLine, String explanations) implements EnvelopeFormat {
  /** {@code json.py}, which knows of no explanations. */
  static final InstancesFormat JSON = new InstancesFormat(true, "predictions");

  /** {@code kserve.py}. */
  static final InstancesFormat KSERVE = new InstancesFormat(false, "explanations");

  private static final String INSTANCES = "instances";

  @Override
  public Opened open(JsonNode body, Input request) {
    List<JsonNode> list = EnvelopeFormat.list(body, INSTANCES);
    List<Map<String, Part>> instances = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      instances.add(InstanceParts.of(INSTANCES + "[" + i + "]", list.get(i)));
    }
    String member = request.explain() ? explanations : "predictions";
    return new Opened(INSTANCES, instances, results -> seal(Map.of(member, results)));
  }

  private Output seal(Map<String, Object> answer) {
    return oneLine
        ? Output.bytes("application/json", PythonJson.oneLine(answer))
        : Output.json(answer);
  }
}
