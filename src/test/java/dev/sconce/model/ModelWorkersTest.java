package dev.sconce.model;

import static dev.sconce.model.ModelsFixture.registration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many workers a model gets, and on which devices. */
class ModelWorkersTest {
  private static final Optional<String> DEFAULT = Optional.empty();

  @TempDir Path directory;
  private Path store = Path.of("");

  @BeforeEach
  void makeStore() throws Exception {
    store = Files.createDirectories(directory.resolve("store"));
  }

  @Test
  void theCallWinsOverTheModelsConfigurationAndThatOverTheServers() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel(
          "m", "1.0", "echo", "batchSize: 4\nmaxBatchDelay: 7\nminWorkers: 1\nmaxWorkers: 3\n");
      Registration call =
          new Registration(
              "m-1.0",
              Optional.of("renamed"),
              Optional.empty(),
              Optional.of("LSP"),
              Optional.of(8),
              Optional.empty(),
              Optional.of(5),
              Optional.empty(),
              Optional.empty(),
              false,
              Registration.Origin.CALLER);
      fixture.register(call);
      ModelDescription model = fixture.models.catalog().describe("renamed", DEFAULT);
      assertThat(model.runtime()).isEqualTo("LSP");
      assertThat(model.batchSize()).isEqualTo(8);
      assertThat(model.maxBatchDelay()).hasMillis(7);
      assertThat(model.minWorkers()).isEqualTo(1); // as in TorchServe, the file's minWorkers wins
      assertThat(model.maxWorkers()).isEqualTo(3);
      assertThat(model.queueCapacity()).isEqualTo(100);
      assertThat(model.handler().facts()).containsEntry("pipeline", "echo");
    }
  }

  @Test
  void workersGoRoundRobinOverTheGpusThatTheModelNames() throws Exception {
    Hardware threeGpus = new Hardware(2, 3, "3 GPUs found");
    try (ModelsFixture fixture = new ModelsFixture(store, ModelSettings.defaults(), threeGpus)) {
      fixture.addModel("all", "1.0", "echo", "");
      fixture.addModel("some", "1.0", "echo", "deviceType: gpu\ndeviceIds: [2, 0]\n");
      fixture.addModel("cpu", "1.0", "echo", "deviceType: cpu\n");
      fixture.addModel("bad", "1.0", "echo", "deviceIds: [3]\n");
      fixture.register(registration("all-1.0", 4));
      fixture.register(registration("some-1.0", 3));
      fixture.register(registration("cpu-1.0", 1));
      assertThat(devices(fixture, "all")).containsExactly("cuda:0", "cuda:1", "cuda:2", "cuda:0");
      assertThat(devices(fixture, "some")).containsExactly("cuda:2", "cuda:0", "cuda:2");
      assertThat(devices(fixture, "cpu")).containsExactly("cpu");
      assertThatThrownBy(() -> fixture.register(registration("bad-1.0", 1)))
          .hasMessageContaining("deviceIds: [3] (expected: each below 3)");
    }
  }

  @Test
  void aModelThatWantsAGpuRunsOnTheCpuWhereThereIsNone() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "echo", "deviceType: gpu\n");
      fixture.register(registration("m-1.0", 1));
      assertThat(devices(fixture, "m")).containsExactly("cpu");
    }
  }

  private static List<String> devices(ModelsFixture fixture, String model) {
    return fixture.models.catalog().describe(model, DEFAULT).workers().stream()
        .map(worker -> worker.device().toString())
        .toList();
  }
}
