package dev.sconce.model;

import static dev.sconce.model.ModelsFixture.get;
import static dev.sconce.model.ModelsFixture.registration;
import static dev.sconce.model.ModelsFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLifecycleTest {
  private static final Optional<String> DEFAULT = Optional.empty();
  @TempDir Path directory;
  private Path store = Path.of("");

  @BeforeEach
  void makeStore() throws Exception {
    store = Files.createDirectories(directory.resolve("store"));
  }

  @Test
  void aRegisteredModelAnswersAndAnUnregisteredOneIsGone() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "echo", "");
      assertThat(fixture.register(registration("m-1.0", 1))).isEqualTo(new ModelKey("m", "1.0"));
      assertThat(text(fixture.send("m", DEFAULT, "hi"))).isEqualTo("m 1.0 cpu hi");

      get(fixture.models.lifecycle().unregister("m", DEFAULT));

      assertFails(
          () -> text(fixture.send("m", DEFAULT, "hi")),
          ErrorCode.MODEL_NOT_FOUND,
          "Model not found: m");
      assertThat(store.resolve("m-1.0")).exists();
    }
  }

  @Test
  void versionsStandSideBySideAndTheFirstIsTheDefaultUntilAnotherIsChosen() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "echo", "");
      fixture.addModel("m", "2.0", "echo", "");
      fixture.register(registration("m-1.0", 1));
      fixture.register(registration("m-2.0", 1));
      assertThat(text(fixture.send("m", DEFAULT, "x"))).startsWith("m 1.0");
      assertThat(text(fixture.send("m", Optional.of("2.0"), "x"))).startsWith("m 2.0");
      assertFails(
          () -> text(fixture.send("m", Optional.of("3.0"), "x")),
          ErrorCode.MODEL_VERSION_NOT_FOUND,
          "Model version: 3.0 does not exist for model: m");

      fixture.models.lifecycle().setDefault("m", "2.0");
      assertThat(text(fixture.send("m", DEFAULT, "x"))).startsWith("m 2.0");
      assertFails(
          () -> get(fixture.models.lifecycle().unregister("m", DEFAULT)),
          ErrorCode.INVALID_MODEL_VERSION,
          "Cannot remove default version for model m");
      get(fixture.models.lifecycle().unregister("m", Optional.of("1.0")));
      get(fixture.models.lifecycle().unregister("m", DEFAULT));
      assertThat(fixture.models.catalog().defaults()).isEmpty();
    }
  }

  @Test
  void aVersionThatIsThereAlreadyIsAConflictAndGoesOnServing() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "echo", "");
      fixture.register(registration("m-1.0", 1));
      assertThatThrownBy(() -> fixture.register(registration("m-1.0", 1)))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.CONFLICT)
          .hasMessage("Model version 1.0 is already registered for model m");
      assertThat(text(fixture.send("m", DEFAULT, "x"))).isEqualTo("m 1.0 cpu x");
    }
  }

  @Test
  void aModelThatCannotLoadIsGoneAgainAndNeverMadeTheServerUnhealthy() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "broken", "");
      assertThatThrownBy(() -> fixture.register(registration("m-1.0", 1)))
          .cause()
          .isInstanceOf(ServingException.class)
          .hasFieldOrPropertyWithValue("code", ErrorCode.INTERNAL)
          .hasMessageContaining("Failed to start workers for model m version: 1.0");
      assertThat(fixture.models.inference().isHealthy()).isTrue();
      assertFails(() -> text(fixture.send("m", DEFAULT, "x")), ErrorCode.MODEL_NOT_FOUND, "m");
    }
  }

  @Test
  void aModelThatFillsTheHeapWhileItLoadsIsOutOfMemory() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "too_large", "");
      assertThatThrownBy(() -> fixture.register(registration("m-1.0", 1)))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.OUT_OF_MEMORY);
    }
  }

  @Test
  void aStartupModelCountsForHealthFromTheStartAndAfterItFailed() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "slow", "");
      fixture.models.lifecycle().expect("m-1.0");
      assertThat(fixture.models.inference().isHealthy()).isFalse(); // not even unpacked
      var change =
          get(fixture.models.lifecycle().register(Registration.atStartup("m-1.0", DEFAULT)));
      fixture.loading.await();
      assertThat(fixture.models.inference().isHealthy()).isFalse();
      assertThat(fixture.models.catalog().describe("m", DEFAULT).workers())
          .extracting(ModelDescription.Worker::state)
          .containsExactly("LOADING", "LOADING"); // one for each of two cores
      fixture.mayLoad.countDown();
      get(change.done());
      assertThat(fixture.models.inference().isHealthy()).isTrue();

      fixture.models.lifecycle().expect("no.mar");
      assertThatThrownBy(
              () ->
                  get(
                      fixture
                          .models
                          .lifecycle()
                          .register(Registration.atStartup("no.mar", DEFAULT))))
          .isInstanceOf(ExecutionException.class);
      assertThat(fixture.models.inference().isHealthy()).isFalse();
    }
  }

  @Test
  void aStartupModelThatFailedCountsUntilACallerRegistersIt() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "broken", "");
      fixture.models.lifecycle().expect("m-1.0");
      assertThatThrownBy(() -> fixture.register(Registration.atStartup("m-1.0", DEFAULT)))
          .isInstanceOf(ExecutionException.class);
      assertThat(fixture.models.inference().isHealthy()).isFalse();

      fixture.addModel("m", "1.0", "echo", "");
      fixture.register(registration("m-1.0", 1));
      assertThat(fixture.models.inference().isHealthy()).isTrue();
    }
  }

  @Test
  void scalingDownWhileScalingUpIsUnderWayLeavesTheServerHealthy() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "slow_first", "");
      get(get(fixture.models.lifecycle().register(registration("m-1.0", 0))).done());
      var up = fixture.models.lifecycle().scale("m", DEFAULT, 2, 2);
      var down = fixture.models.lifecycle().scale("m", DEFAULT, 1, 1);
      fixture.closed.await(); // the second worker; the first is still loading
      assertThat(fixture.models.inference().isHealthy()).isTrue();
      assertThat(down.done()).isNotDone();
      fixture.mayLoad.countDown();
      get(down.done());
      get(up.done());
      assertThat(fixture.models.inference().isHealthy()).isTrue();
      assertThat(text(fixture.send("m", DEFAULT, "x"))).isEqualTo("m 1.0 cpu x");
    }
  }

  @Test
  void aServerThatStopsTakesNoModelIn() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "echo", "");
      get(fixture.models.lifecycle().close());
      assertThatThrownBy(() -> fixture.register(registration("m-1.0", 1)))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.STOPPING);
      assertThat(fixture.models.catalog().defaults()).isEmpty();
    }
  }

  @Test
  void aScalingUnderWayDoesNotMakeTheServerUnhealthy() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "slow", "");
      var change = get(fixture.models.lifecycle().register(registration("m-1.0", 0)));
      get(change.done());
      assertThat(fixture.models.inference().isHealthy()).isTrue();

      var scaled = fixture.models.lifecycle().scale("m", DEFAULT, 2, 2);
      fixture.loading.await();
      assertThat(fixture.models.inference().isHealthy()).isTrue();
      fixture.mayLoad.countDown();
      get(scaled.done());
      assertThat(fixture.models.catalog().describe("m", DEFAULT).minWorkers()).isEqualTo(2);
      assertThat(fixture.models.inference().isHealthy()).isTrue();
    }
  }

  @Test
  void namesThatNoPathCouldHoldAreRefused() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "echo", "");
      Registration call =
          new Registration(
              "m-1.0",
              Optional.of("a/b"),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.of(1),
              Optional.empty(),
              Optional.empty(),
              false,
              Registration.Origin.CALLER);
      assertThatThrownBy(() -> fixture.register(call))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.BAD_REQUEST)
          .hasMessageStartingWith("model_name: a/b (expected:");
    }
  }

  private interface Call {
    void run() throws Exception;
  }

  private static void assertFails(Call call, ErrorCode code, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", code)
        .hasMessageContaining(message);
  }
}
