package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the key {@code models} says of a model, beside the model's own configuration and a call. */
class ConfiguredModelsTest {
  private static final Path SAMPLE = Path.of("sample/models/drawings");

  /** The numbers of TorchServe's capture cfg_models_json_describe. */
  private static final String MODELS =
      "models={\"drawings\": {\"1.0\": {\"minWorkers\": 2, \"maxWorkers\": 2, \"batchSize\": 3,"
          + " \"maxBatchDelay\": 40, \"responseTimeout\": 33, \"startupTimeout\": 0}}}";

  @TempDir Path directory;

  private static void copy(Path model) throws Exception {
    Files.createDirectories(model);
    Files.copy(SAMPLE.resolve("drawings.pt"), model.resolve("drawings.pt"));
  }

  private static JsonNode described(RunningServer server) throws Exception {
    return RunningServer.json(server.manage("GET", "/models/drawings")).get(0);
  }

  @Test
  void theCallWinsOverTheModelsOwnAndThatOverTheKeyAndThatOverTheDefault() throws Exception {
    Path store = directory.resolve("store");
    copy(store.resolve("drawings"));
    Files.writeString(
        store.resolve("drawings/model-config.yaml"),
        "handler: image_classifier\nbatchSize: 5\nresponseTimeout: 44\n");
    try (RunningServer server =
        new RunningServer(
            directory, store, List.of("drawings"), MODELS, "default_workers_per_model=1")) {
      JsonNode model = described(server);
      assertThat(model.get("minWorkers").intValue()).isEqualTo(2);
      assertThat(model.get("maxWorkers").intValue()).isEqualTo(2);
      assertThat(model.get("workers")).hasSize(2);
      assertThat(model.get("batchSize").intValue()).isEqualTo(5);
      assertThat(model.get("maxBatchDelay").intValue()).isEqualTo(40);
      assertThat(model.get("responseTimeout").intValue()).isEqualTo(44);
      assertThat(model.get("startupTimeout").intValue()).isEqualTo(120);

      assertThat(server.manage("DELETE", "/models/drawings").statusCode()).isEqualTo(200);
      String call = "/models?url=drawings&max_batch_delay=7&response_timeout=8";
      assertThat(server.manage("POST", call).statusCode()).isEqualTo(200);
      JsonNode again = described(server);
      assertThat(again.get("maxBatchDelay").intValue()).isEqualTo(7);
      assertThat(again.get("batchSize").intValue()).isEqualTo(5);
    }
  }
}
