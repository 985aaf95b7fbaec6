package dev.sconce.model;

import static dev.sconce.model.ModelsFixture.registration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.envelope.Envelope;
import dev.sconce.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandlerChoiceTest {
  private static final Optional<String> NONE = Optional.empty();
  private static final Optional<Envelope> NONE_WRAPPED = Optional.empty();

  @TempDir Path directory;
  private Path store = Path.of("");

  @BeforeEach
  void makeStore() throws Exception {
    store = Files.createDirectories(directory.resolve("store"));
  }

  @Test
  void theManifestsHandlerServesIfItIsBuiltIn() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "echo", "");
      assertThat(chosen(fixture, NONE).name()).isEqualTo("echo");
    }
  }

  @Test
  void theCallsHandlerWinsOverTheConfigurationsAndThatOverTheManifests() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "broken", "handler: broken\n");
      assertThat(chosen(fixture, Optional.of("echo")).name()).isEqualTo("echo");
    }
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "broken", "handler: echo\n");
      assertThat(chosen(fixture, NONE).name()).isEqualTo("echo");
    }
  }

  @Test
  void aPythonHandlerIsReplacedByTheOneThatFitsTheWeightsAndSaidSo() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "handler.py:handle", "");
      Files.createFile(store.resolve("m-1.0/echo.pth"));
      ModelDescription.ServingHandler handler = chosen(fixture, NONE);
      assertThat(handler.name()).isEqualTo("echo");
      assertThat(handler.notRun()).hasValue("handler.py:handle");
    }
  }

  @Test
  void aPythonHandlerThatOnlyTheConfigurationNamesIsReplacedAndSaidSoToo() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "", "handler: own.py\n");
      Files.createFile(store.resolve("m-1.0/echo.pth"));
      ModelDescription.ServingHandler handler = chosen(fixture, NONE);
      assertThat(handler.name()).isEqualTo("echo");
      assertThat(handler.notRun()).hasValue("own.py");
    }
    try (ModelsFixture fixture = fixture(NONE, true)) {
      assertThatThrownBy(() -> chosen(fixture, NONE))
          .hasMessageContaining("m-1.0: its handler own.py cannot be run here");
    }
  }

  @Test
  void theServersDefaultHandlerComesBeforeWhatFitsTheWeights() throws Exception {
    try (ModelsFixture fixture = fixture(Optional.of("echo"), false)) {
      fixture.addModel("m", "1.0", "handler.py", "");
      assertThat(chosen(fixture, NONE).name()).isEqualTo("echo");
    }
  }

  @Test
  void strictHandlersRefusesAnArchiveWhoseHandlerWouldBeReplaced() throws Exception {
    try (ModelsFixture fixture = fixture(NONE, true)) {
      fixture.addModel("m", "1.0", "handler.py", "");
      Files.createFile(store.resolve("m-1.0/echo.pth"));
      assertThatThrownBy(() -> chosen(fixture, NONE))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_MODEL)
          .hasMessageContaining("m-1.0: its handler handler.py cannot be run here")
          .hasMessageContaining("strict_handlers=true");
      assertThat(chosen(fixture, Optional.of("echo")).name()).isEqualTo("echo");
    }
  }

  @Test
  void whenNothingFitsTheErrorNamesWhatWasFoundAndWhatToPass() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "handler.py", "");
      assertThatThrownBy(() -> chosen(fixture, NONE))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_MODEL)
          .hasMessageContaining("handler handler.py, which cannot be run here; nothing known")
          .hasMessageContaining(
              "handler in model-config.yaml or in a register call, one of broken, echo, explaining, hanging, reading, slow, slow_first, too_large");
    }
  }

  @Test
  void anUnknownNameInTheCallIsRefused() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "echo", "");
      assertThatThrownBy(() -> chosen(fixture, Optional.of("nonsense")))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_MODEL)
          .hasMessageStartingWith(
              "handler: nonsense (expected: one of broken, echo, explaining, hanging, reading, slow,");
    }
  }

  private ModelsFixture fixture(Optional<String> handler, boolean strict) {
    Duration limit = Duration.ofMinutes(1);
    ModelSettings settings =
        new ModelSettings(
            OptionalInt.empty(),
            OptionalInt.empty(),
            1,
            Duration.ZERO,
            10,
            limit,
            limit,
            limit,
            handler,
            NONE_WRAPPED,
            strict,
            false,
            Map.of());
    return new ModelsFixture(store, settings, new Hardware(2, 0, "none"));
  }

  private static ModelDescription.ServingHandler chosen(
      ModelsFixture fixture, Optional<String> inCall) throws Exception {
    Registration base = registration("m-1.0", 1);
    Registration call =
        new Registration(
            base.url(),
            base.modelName(),
            inCall,
            base.runtime(),
            base.batchSize(),
            base.maxBatchDelay(),
            base.initialWorkers(),
            base.responseTimeout(),
            base.startupTimeout(),
            false,
            Registration.Origin.CALLER);
    fixture.register(call);
    return fixture.models.catalog().describe("m", NONE).handler();
  }

  @Test
  void theFactsOfTheHandlerAreShown() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(store)) {
      fixture.addModel("m", "1.0", "echo", "");
      Map<String, Object> facts = chosen(fixture, NONE).facts();
      assertThat(facts).containsEntry("pipeline", "echo");
    }
  }
}
