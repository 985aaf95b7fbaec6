package dev.sconce.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.json.ManagementJson;
import dev.sconce.json.RequestJson;
import dev.sconce.model.ModelKey;
import dev.sconce.model.RegisteredModel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was in service at one moment: the value of {@code model_snapshot}, as TorchServe writes it
 * ({@code Snapshot.java}, {@code Model.getModelState}) and reads it.
 *
 * @param name of the file it is kept in
 * @param models each version of each model
 */
public record Snapshot(String name, List<RegisteredModel> models) {
  /** The property that holds it. */
  public static final String KEY = "model_snapshot";

  /** Copies the list. */
  public Snapshot {
    models = List.copyOf(models);
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static Snapshot parse(String json) {
    JsonNode root = RequestJson.read(json);
    JsonNode byName = root.path("models");
    if (!root.isObject() || !byName.isObject()) {
      throw new IllegalArgumentException(
          RequestJson.shown(root) + " (expected: an object with models)");
    }
    List<RegisteredModel> models = new ArrayList<>();
    byName
        .properties()
        .forEach(
            name ->
                name.getValue()
                    .properties()
                    .forEach(
                        version ->
                            models.add(
                                model(
                                    new ModelKey(name.getKey(), version.getKey()),
                                    version.getValue()))));
    return new Snapshot(root.path("name").asText(""), models);
  }

  private static RegisteredModel model(ModelKey key, JsonNode json) {
    String url = json.path("marName").asText("");
    if (url.isEmpty()) {
      throw new IllegalArgumentException(
          "%s %s: no marName (expected: a file of the model store)"
              .formatted(key.name(), key.version()));
    }
    int minWorkers = integer(key, json, "minWorkers", 1, 0);
    return new RegisteredModel(
        key,
        json.path("defaultVersion").asBoolean(false),
        url,
        Optional.ofNullable(json.get("handler")).map(JsonNode::asText),
        minWorkers,
        integer(key, json, "maxWorkers", minWorkers, minWorkers),
        integer(key, json, "batchSize", 1, 1),
        Duration.ofMillis(integer(key, json, "maxBatchDelay", 100, 0)),
        Duration.ofSeconds(integer(key, json, "responseTimeout", 120, 1)),
        Duration.ofSeconds(integer(key, json, "startupTimeout", 120, 1)),
        json.path("runtimeType").asText("python"));
  }

  private static int integer(ModelKey key, JsonNode json, String member, int fallback, int least) {
    JsonNode value = json.get(member);
    if (value == null) {
      return fallback;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < least) {
      throw new IllegalArgumentException(
          "%s %s: %s: %s (expected: a whole number >= %d)"
              .formatted(key.name(), key.version(), member, RequestJson.shown(value), least));
    }
    return value.intValue();
  }

  /** Its text. */
  String json(Instant created) {
    Map<String, Map<String, Object>> byName = new LinkedHashMap<>();
    for (RegisteredModel model : models) {
      byName
          .computeIfAbsent(model.key().name(), name -> new LinkedHashMap<>())
          .put(model.key().version(), json(model));
    }
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("name", name);
    root.put("modelCount", byName.size());
    root.put("created", created.toEpochMilli());
    root.put("models", byName);
    return new String(ManagementJson.bytes(root), StandardCharsets.UTF_8).strip();
  }

  /** TorchServe's members, then {@code handler}, which TorchServe forgets and passes over. */
  private static Map<String, Object> json(RegisteredModel model) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("defaultVersion", model.isDefault());
    json.put("marName", model.url());
    json.put("minWorkers", model.minWorkers());
    json.put("maxWorkers", model.maxWorkers());
    json.put("batchSize", model.batchSize());
    json.put("maxBatchDelay", model.maxBatchDelay().toMillis());
    json.put("responseTimeout", model.responseTimeout().toSeconds());
    json.put("startupTimeout", model.startupTimeout().toSeconds());
    json.put("runtimeType", model.runtime());
    json.put("handler", model.handler().orElse(null));
    return json;
  }
}
