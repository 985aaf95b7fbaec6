package dev.sconce.model;

import static dev.sconce.model.ModelsFixture.get;
import static dev.sconce.model.ModelsFixture.registration;
import static dev.sconce.model.ModelsFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.handler.Output;
import dev.sconce.model.Registration.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that hang, that load when the server stops, and that come back from a snapshot. */
class HangingModelTest {
  private static final Optional<String> DEFAULT = Optional.empty();

  /** The default of both timeouts, and what a thread has to end by an interrupt. */
  private static final Duration GIVEN_UP = Duration.ofSeconds(125);

  @TempDir Path directory;
  private Path store = Path.of("");

  @BeforeEach
  void makeStore() throws Exception {
    store = Files.createDirectories(directory.resolve("store"));
  }

  @Test
  void unregisteringAModelThatHangsEndsAndKeepsNothingFromTheListButFreesItOnceItEnds()
      throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "hanging", "");
      fixture.register(registration("m-1.0", 1));
      CompletableFuture<Output> hanging = fixture.send("m", DEFAULT, "x");
      fixture.loading.await();
      CompletableFuture<Void> unregistered = fixture.models.lifecycle().unregister("m", DEFAULT);
      assertThat(fixture.models.catalog().defaults()).isEmpty();
      fixture.timer.advance(GIVEN_UP);

      assertThatThrownBy(() -> get(hanging))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.REQUEST_TIMEOUT);
      assertThatThrownBy(() -> get(unregistered))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.REQUEST_TIMEOUT)
          .hasMessage("Timed out while cleaning resources: m");
      assertThat(fixture.closed.getCount()).isOne();
      fixture.mayLoad.countDown();
      fixture.closed.await();
    }
  }

  @Test
  void aModelThatHangsIsUnhealthyAndItsDescriptionSaysWhy() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "hanging", "");
      fixture.register(registration("m-1.0", 2));
      assertThat(fixture.models.inference().isHealthy()).isTrue();
      CompletableFuture<Output> first = fixture.send("m", DEFAULT, "x");
      CompletableFuture<Output> second = fixture.send("m", DEFAULT, "y");
      fixture.hanging.acquire(2);
      fixture.timer.advance(GIVEN_UP);

      assertThat(first).isCompletedExceptionally();
      assertThat(second).isCompletedExceptionally();
      assertThat(fixture.models.inference().isHealthy()).isFalse();
      assertThat(fixture.models.catalog().describe("m", DEFAULT).failure())
          .hasValue("its handler hangs in 2 threads");
    }
  }

  @Test
  void aModelThatHangsWhileItLoadsFailsAndIsGone() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "slow", "startupTimeout: 7\n");
      var change = get(fixture.models.lifecycle().register(registration("m-1.0", 1)));
      fixture.loading.await();
      fixture.timer.advance(Duration.ofSeconds(7));
      assertThatThrownBy(() -> get(change.done()))
          .cause()
          .hasMessage("Failed to start workers for model m version: 1.0: not ready within 7 s");
      assertThat(fixture.models.catalog().defaults()).isEmpty();
    }
  }

  @Test
  void modelsThatAreLoadingAreGivenUpWhenTheServerStops() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "slow", "");
      fixture.addModel("ready", "1.0", "echo", "");
      fixture.register(registration("ready-1.0", 1));
      var change = get(fixture.models.lifecycle().register(registration("m-1.0", 1)));
      fixture.loading.await();
      fixture.models.lifecycle().stopLoading();
      assertThatThrownBy(() -> get(change.done()))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.STOPPING);
      assertThat(text(fixture.send("ready", DEFAULT, "x"))).isEqualTo("ready 1.0 cpu x");
    }
  }

  @Test
  void whatTheServersConfigurationSaysOfAModelComesBehindTheModelsOwn() throws Exception {
    ModelSettings base = ModelSettings.defaults();
    ModelOptions options =
        new ModelOptions(
            Optional.of(2),
            Optional.of(3),
            Optional.of(16),
            Optional.of(Duration.ofMillis(5)),
            Optional.of(Duration.ofSeconds(9)),
            Optional.empty());
    ModelSettings settings =
        new ModelSettings(
            base.defaultWorkers(),
            base.maxWorkers(),
            base.batchSize(),
            base.maxBatchDelay(),
            base.queueCapacity(),
            base.responseTimeout(),
            base.startupTimeout(),
            base.unregisterTimeout(),
            base.handler(),
            base.envelope(),
            base.strictHandlers(),
            base.downloadedJars(),
            Map.of(new ModelKey("m", "1.0"), options));
    try (ModelsFixture fixture = new ModelsFixture(store, settings, new Hardware(2, 0, "none"))) {
      fixture.addModel("m", "1.0", "echo", "batchSize: 4\nmaxRetryTimeoutInSec: 8\n");
      fixture.register(Registration.atStartup("m-1.0", DEFAULT));
      ModelDescription model = fixture.models.catalog().describe("m", DEFAULT);
      assertThat(model.batchSize()).isEqualTo(4);
      assertThat(model.maxBatchDelay()).hasMillis(5);
      assertThat(model.responseTimeout()).hasSeconds(9);
      assertThat(model.startupTimeout()).isEqualTo(base.startupTimeout());
      assertThat(model.minWorkers()).isEqualTo(2);
      assertThat(model.maxWorkers()).isEqualTo(3);
      assertThat(model.maxRetryTimeout()).hasSeconds(8);
    }
  }

  @Test
  void whatCameIntoServiceCanBeBroughtThereAgainWithItsNumbers() throws Exception {
    RegisteredModel registered;
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "", "minWorkers: 1\nbatchSize: 4\n");
      fixture.addModel("bad", "1.0", "broken", "");
      Registration call =
          new Registration(
              "m-1.0",
              Optional.of("renamed"),
              Optional.of("echo"),
              Optional.of("python3"),
              Optional.of(8),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              false,
              Origin.CALLER);
      fixture.register(call);
      assertThatThrownBy(() -> fixture.register(registration("bad-1.0", 1)));
      get(fixture.models.lifecycle().scale("renamed", DEFAULT, 2, 2).done());
      assertThat(fixture.models.catalog().registered()).hasSize(1);
      registered = fixture.models.catalog().registered().get(0);
      assertThat(registered.isDefault()).isTrue();
    }
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.register(registered.registration());
      assertThat(fixture.models.catalog().registered()).containsExactly(registered);
      assertThat(fixture.models.catalog().describe("renamed", DEFAULT).loadedAtStartup()).isFalse();
    }
  }
}
