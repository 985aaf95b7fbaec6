package dev.sconce.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.json.RequestJson;
import dev.sconce.model.ModelKey;
import dev.sconce.model.ModelOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The key {@code models}: JSON that says of single models, {@code {"name": {"version": {…}}}}, how
 * many workers they get, and so on. Numbers of 0 and less count as not given, and other members are
 * passed over, both as in TorchServe.
 */
final class ModelsKey {
  private static final String KEY = "models";

  private final KeyReader keys;
  private final Map<ModelKey, ModelOptions> options = new HashMap<>();

  private ModelsKey(KeyReader keys) {
    this.keys = keys;
  }

  static Map<ModelKey, ModelOptions> read(KeyReader keys) {
    ModelsKey models = new ModelsKey(keys);
    keys.text(KEY).ifPresent(models::read);
    return models.options;
  }

  private void read(String text) {
    JsonNode root;
    try {
      root = RequestJson.read(text);
    } catch (IllegalArgumentException e) {
      keys.fault(KEY, text, "JSON; " + e.getMessage());
      return;
    }
    if (!isObject(KEY, root)) {
      return;
    }
    for (Map.Entry<String, JsonNode> model : root.properties()) {
      String name = KEY + "." + model.getKey();
      if (isObject(name, model.getValue())) {
        for (Map.Entry<String, JsonNode> version : model.getValue().properties()) {
          version(
              name + "." + version.getKey(),
              new ModelKey(model.getKey(), version.getKey()),
              version.getValue());
        }
      }
    }
  }

  private void version(String path, ModelKey key, JsonNode json) {
    if (!isObject(path, json)) {
      return;
    }
    ModelOptions read =
        new ModelOptions(
            number(path, json, "minWorkers"),
            number(path, json, "maxWorkers"),
            number(path, json, "batchSize"),
            number(path, json, "maxBatchDelay").map(Duration::ofMillis),
            number(path, json, "responseTimeout").map(Duration::ofSeconds),
            number(path, json, "startupTimeout").map(Duration::ofSeconds));
    options.put(key, read);
    int least = read.minWorkers().orElse(0);
    read.maxWorkers()
        .filter(most -> most < least)
        .ifPresent(
            most ->
                keys.fault(path + ".maxWorkers", most.toString(), "at least minWorkers, " + least));
  }

  private boolean isObject(String path, JsonNode json) {
    if (!json.isObject()) {
      keys.fault(path, RequestJson.shown(json), "an object");
    }
    return json.isObject();
  }

  private Optional<Integer> number(String path, JsonNode json, String member) {
    JsonNode value = json.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      keys.fault(path + "." + member, RequestJson.shown(value), "a whole number");
      return Optional.empty();
    }
    return Optional.of(value.intValue()).filter(number -> number > 0);
  }
}
