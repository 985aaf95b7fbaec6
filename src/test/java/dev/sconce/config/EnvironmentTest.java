package dev.sconce.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the environment says of the configuration. */
class EnvironmentTest {
  private static final String ENABLED = "enable_envvars_config=true\n";

  @TempDir Path directory;

  private ServerConfig load(String properties, Map<String, String> environment, String... models)
      throws IOException {
    Path file = Files.writeString(directory.resolve("a.properties"), properties);
    return new ConfigLoader(1 << 30, directory, directory, environment)
        .load(new Overrides(Optional.of(file), Optional.empty(), List.of(models)));
  }

  @Test
  void aVariableStandsInForItsKeyOnlyIfThatIsEnabled() throws IOException {
    Map<String, String> environment = Map.of("TS_JOB_QUEUE_SIZE", "7");
    assertThat(load("job_queue_size=5", environment).models().queueCapacity()).isEqualTo(5);
    assertThat(
            load("enable_envvars_config=false\njob_queue_size=5", environment)
                .models()
                .queueCapacity())
        .isEqualTo(5);
    assertThat(load(ENABLED, environment).models().queueCapacity()).isEqualTo(7);
    assertThat(load(ENABLED + "job_queue_size=5", environment).models().queueCapacity())
        .isEqualTo(7);
  }

  @Test
  void theEnvironmentWinsOverTheCommandLine() throws IOException {
    Map<String, String> environment = Map.of("TS_LOAD_MODELS", "all");
    assertThat(load("", environment, "a.mar").loadAllModels()).isFalse();
    assertThat(load(ENABLED, environment, "a.mar").loadAllModels()).isTrue();
    assertThat(load(ENABLED, environment, "a.mar").startupModels()).isEmpty();
  }

  @Test
  void aWrongValueOfAVariableIsAFaultInItsName() {
    assertThatThrownBy(() -> load(ENABLED, Map.of("TS_JOB_QUEUE_SIZE", "many")))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("TS_JOB_QUEUE_SIZE: many (expected: a whole number >= 1)");
  }

  @Test
  void namesThatTorchServeHasOtherwiseAreRead() throws IOException {
    assertThat(load(ENABLED, Map.of("TS_TOKEN_EXPIRATION_TIME_MIN", "5")).auth().expiry())
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(load(ENABLED, Map.of("TS_OPEN_INFERENCE_PROTOCOL", "true")).unused())
        .containsExactly("ts_open_inference_protocol (Open Inference is not spoken)");
  }

  @Test
  void namesInDollarsAreReplacedInEveryValue() throws IOException {
    ServerConfig config =
        load(
            """
            model_store=$$MODELS$$/$$STAGE$$
            inference_address=http://127.0.0.1:$$PORT$$
            load_models=a$1.mar
            """,
            Map.of("MODELS", "/mo$dels", "STAGE", "test", "PORT", "9080"));
    assertThat(config.store().modelStore()).hasValue(Path.of("/mo$dels/test"));
    assertThat(config.doors().inferenceForCurl()).isEqualTo("http://127.0.0.1:9080");
    assertThat(config.startupModels()).extracting("url").containsExactly("a$1.mar");
  }

  @Test
  void aNameWithoutValueIsAFaultBesideOthers() {
    assertThatThrownBy(() -> load("model_store=$$MODELS$$\njob_queue_size=0", Map.of()))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("2 faults")
        .hasMessageContaining("model_store: $$MODELS$$ (expected: the environment has MODELS)")
        .hasMessageContaining("job_queue_size: 0");
  }

  @Test
  void tsConfigFileWinsOverTheFileOfTheCommandLine() throws IOException {
    Path other = Files.writeString(directory.resolve("b.properties"), "job_queue_size=9");
    Map<String, String> environment = Map.of("TS_CONFIG_FILE", other.toString());
    assertThat(load("job_queue_size=5", environment).models().queueCapacity()).isEqualTo(9);
    assertThat(load("job_queue_size=5", Map.of("TS_CONFIG_FILE", "")).models().queueCapacity())
        .isEqualTo(5);
    assertThatThrownBy(() -> load("", Map.of("TS_CONFIG_FILE", "/no/such/file")))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("/no/such/file cannot be read: there is no such file");
  }
}
