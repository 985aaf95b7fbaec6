package dev.sconce.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.logs.LogLevel;
import dev.sconce.model.ModelSettings;
import dev.sconce.sagemaker.SageMakerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SageMaker's variables say, and to whom. */
class SageMakerKeysTest {
  private final Path root;
  private final ContainerFixture container;

  SageMakerKeysTest(@TempDir Path root) {
    this.root = root;
    this.container = new ContainerFixture(root);
  }

  @BeforeEach
  void addModel() throws IOException {
    container.file("opt/ml/model/model.pt");
  }

  @Test
  void withoutAnyVariableAContainersDefaultsHold() {
    ServerConfig config = container.load(Map.of());
    assertThat(config.doors().inference()).hasToString("http://0.0.0.0:8080");
    assertThat(config.doors().management().orElseThrow()).hasToString("http://127.0.0.1:8081");
    assertThat(config.doors().metrics().orElseThrow()).hasToString("http://0.0.0.0:8082");
    assertThat(config.http().drainTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.models().startupTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.http().maxBodyBytes()).isGreaterThanOrEqualTo(6_500_000);
    assertThat(config.auth().keyFile()).isEqualTo(root.resolve("tmp/key_file.json"));
    assertThat(config.sageMaker()).isEqualTo(SageMakerSettings.NONE);
    assertThat(config.logLevel()).isEmpty();
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void everyVariableOfTheModelsReachesItsSetting() {
    ModelSettings models =
        container
            .load(
                Map.of(
                    "SAGEMAKER_TS_BATCH_SIZE", "8",
                    "SAGEMAKER_TS_MAX_BATCH_DELAY", "50",
                    "SAGEMAKER_TS_MIN_WORKERS", "2",
                    "SAGEMAKER_TS_MAX_WORKERS", "3",
                    "SAGEMAKER_TS_RESPONSE_TIMEOUT", "90",
                    "SAGEMAKER_STARTUP_TIMEOUT", "300"))
            .models();
    assertThat(models.batchSize()).isEqualTo(8);
    assertThat(models.maxBatchDelay()).isEqualTo(Duration.ofMillis(50));
    assertThat(models.defaultWorkers()).hasValue(2);
    assertThat(models.maxWorkers()).hasValue(3);
    assertThat(models.responseTimeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(models.startupTimeout()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void aMostOfWorkersAloneMeansOneAtLeastAsInSageMakersContainer() {
    ModelSettings models = container.load(Map.of("SAGEMAKER_TS_MAX_WORKERS", "3")).models();
    assertThat(models.defaultWorkers()).hasValue(1);
    assertThat(models.maxWorkers()).hasValue(3);
  }

  @Test
  void everyOtherVariableReachesItsSetting() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("SAGEMAKER_MODEL_SERVER_WORKERS", "5");
    environment.put("SAGEMAKER_MODEL_SERVER_TIMEOUT", "70");
    environment.put("SAGEMAKER_BIND_TO_PORT", "9000");
    environment.put("SAGEMAKER_MAX_PAYLOAD_IN_MB", "100");
    environment.put("SAGEMAKER_BATCH", "True");
    environment.put("SAGEMAKER_BATCH_STRATEGY", "MULTI_RECORD");
    environment.put("SAGEMAKER_MAX_CONCURRENT_TRANSFORMS", "4");
    environment.put("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/csv");
    environment.put("SAGEMAKER_CONTAINER_LOG_LEVEL", "30");
    ServerConfig config = container.load(environment);
    assertThat(config.models().defaultWorkers()).hasValue(5);
    assertThat(config.models().responseTimeout()).isEqualTo(Duration.ofSeconds(70));
    assertThat(config.doors().inference()).hasToString("http://0.0.0.0:9000");
    assertThat(config.http().maxBodyBytes()).isEqualTo(104_857_600);
    assertThat(config.logLevel()).hasValue(LogLevel.WARN);
    assertThat(config.sageMaker())
        .isEqualTo(
            new SageMakerSettings(
                false,
                Optional.empty(),
                true,
                Optional.of("MULTI_RECORD"),
                OptionalInt.of(4),
                OptionalInt.of(100),
                Optional.of("text/csv")));

    environment.put("SAGEMAKER_MODEL_SERVER_TIMEOUT_SECONDS", "80");
    assertThat(container.load(environment).models().responseTimeout())
        .isEqualTo(Duration.ofSeconds(80));
  }

  @Test
  void aPayloadOfAnySizeIsWhatABatchTransformSendsAtMost() {
    ServerConfig config = container.load(Map.of("SAGEMAKER_MAX_PAYLOAD_IN_MB", "0"));
    assertThat(config.http().maxBodyBytes()).isEqualTo(100 << 20);
    assertThat(config.sageMaker().maxPayloadMegabytes()).hasValue(0);
  }

  @Test
  void anyKeyHasAVariableOfItsOwnThatWinsOverSageMakersWhichWinOverTheFile() throws IOException {
    String file =
        """
        enable_envvars_config=false
        inference_address=http://127.0.0.1:8080
        default_response_timeout=10
        max_request_size=1000
        job_queue_size=5
        """;
    ServerConfig config =
        container.load(
            file,
            Map.of(
                "SAGEMAKER_BIND_TO_PORT", "9000",
                "SAGEMAKER_MODEL_SERVER_TIMEOUT", "70",
                "TS_DEFAULT_RESPONSE_TIMEOUT", "3600",
                "SAGEMAKER_MAX_PAYLOAD_IN_MB", "6",
                "TS_MAX_REQUEST_SIZE", "1073741824",
                "TS_JOB_QUEUE_SIZE", "7"));
    assertThat(config.doors().inference()).hasToString("http://0.0.0.0:9000");
    assertThat(config.models().responseTimeout()).isEqualTo(Duration.ofHours(1));
    assertThat(config.http().maxBodyBytes()).isEqualTo(1 << 30);
    assertThat(config.models().queueCapacity()).isEqualTo(7);
    Map<String, String> both =
        Map.of("TS_DEFAULT_RESPONSE_TIMEOUT", "3600", "SAGEMAKER_TS_RESPONSE_TIMEOUT", "9");
    assertThat(container.load(file, both).models().responseTimeout())
        .isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void whereSageMakerLoadsModelsTheFiveOfTheSingleModelCountForNothing() {
    ServerConfig config =
        container.load(Map.of("SAGEMAKER_MULTI_MODEL", "true", "SAGEMAKER_TS_BATCH_SIZE", "8"));
    assertThat(config.sageMaker().multiModel()).isTrue();
    assertThat(config.models().batchSize()).isEqualTo(1);
  }

  @Test
  void wrongValuesAreFaultsAllAtOnceInTheVariablesNames() {
    Map<String, String> wrong = new TreeMap<>();
    wrong.put("SAGEMAKER_TS_BATCH_SIZE", "0");
    wrong.put("SAGEMAKER_TS_MAX_BATCH_DELAY", "-1");
    wrong.put("SAGEMAKER_TS_MIN_WORKERS", "3");
    wrong.put("SAGEMAKER_TS_MAX_WORKERS", "2");
    wrong.put("SAGEMAKER_TS_RESPONSE_TIMEOUT", "1.5");
    wrong.put("SAGEMAKER_MODEL_SERVER_WORKERS", "all");
    wrong.put("SAGEMAKER_MODEL_SERVER_TIMEOUT", "0");
    wrong.put("SAGEMAKER_STARTUP_TIMEOUT", "soon");
    wrong.put("SAGEMAKER_BIND_TO_PORT", "65536");
    wrong.put("SAGEMAKER_SAFE_PORT_RANGE", "9000");
    wrong.put("SAGEMAKER_MAX_PAYLOAD_IN_MB", "6.5");
    wrong.put("SAGEMAKER_BATCH", "yes");
    wrong.put("SAGEMAKER_BATCH_STRATEGY", "ALL");
    wrong.put("SAGEMAKER_MAX_CONCURRENT_TRANSFORMS", "0");
    wrong.put("SAGEMAKER_CONTAINER_LOG_LEVEL", "INFO");
    wrong.put("SAGEMAKER_MULTI_MODEL", "1");
    wrong.put("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "image/png");
    wrong.put("TS_JOB_QUEUE_SIZE", "0");
    assertThatThrownBy(() -> container.load(wrong))
        .hasMessageContaining("17 faults")
        .hasMessageContaining("SAGEMAKER_TS_BATCH_SIZE: 0 (expected: a whole number >= 1)")
        .hasMessageContaining("SAGEMAKER_TS_MAX_BATCH_DELAY: -1 (expected: a whole number >= 0)")
        .hasMessageContaining("SAGEMAKER_TS_MAX_WORKERS: 2 (expected: a whole number from 3 to")
        .hasMessageContaining("SAGEMAKER_TS_RESPONSE_TIMEOUT: 1.5 (expected: a whole number >= 1)")
        .hasMessageContaining("SAGEMAKER_MODEL_SERVER_WORKERS: all (expected: a whole number from")
        .hasMessageContaining("SAGEMAKER_MODEL_SERVER_TIMEOUT: 0 (expected: a whole number >= 1)")
        .hasMessageContaining("SAGEMAKER_STARTUP_TIMEOUT: soon (expected: a whole number >= 1)")
        .hasMessageContaining("SAGEMAKER_BIND_TO_PORT: 65536 (expected: a whole number from 1 to")
        .hasMessageContaining("SAGEMAKER_SAFE_PORT_RANGE: 9000 (expected: two ports, the lower")
        .hasMessageContaining("SAGEMAKER_MAX_PAYLOAD_IN_MB: 6.5 (expected: a whole number from 0")
        .hasMessageContaining("SAGEMAKER_BATCH: yes (expected: true or false)")
        .hasMessageContaining("SAGEMAKER_BATCH_STRATEGY: ALL (expected: SINGLE_RECORD or MULTI")
        .hasMessageContaining("SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: 0 (expected: a whole number")
        .hasMessageContaining("SAGEMAKER_CONTAINER_LOG_LEVEL: INFO (expected: a whole number from")
        .hasMessageContaining(
            "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: image/png (expected: application/json, text/csv")
        .hasMessageContaining("SAGEMAKER_MULTI_MODEL: 1 (expected: true or false)")
        .hasMessageContaining("TS_JOB_QUEUE_SIZE: 0 (expected: a whole number >= 1)");
  }

  @Test
  void aWrongValueIsAFaultEvenIfAnotherVariableWins() {
    Map<String, String> wrong =
        Map.of(
            "SAGEMAKER_MODEL_SERVER_TIMEOUT", "soon",
            "SAGEMAKER_MODEL_SERVER_TIMEOUT_SECONDS", "80",
            "SAGEMAKER_STARTUP_TIMEOUT", "0",
            "TS_DEFAULT_STARTUP_TIMEOUT", "600");
    assertThatThrownBy(() -> container.load(wrong))
        .hasMessageContaining("2 faults:")
        .hasMessageContaining(
            "SAGEMAKER_MODEL_SERVER_TIMEOUT: soon (expected: a whole number >= 1)")
        .hasMessageContaining("SAGEMAKER_STARTUP_TIMEOUT: 0 (expected: a whole number >= 1)");
  }

  @Test
  void torchserveSeesNoneOfThem() {
    ServerConfig config =
        container.loadOutside(
            Map.of("SAGEMAKER_BIND_TO_PORT", "9000", "SAGEMAKER_TS_BATCH_SIZE", "none"),
            "opt/ml/model");
    assertThat(config.doors().inference()).hasToString("http://127.0.0.1:8080");
    assertThat(config.models().batchSize()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "8081-8082, true, true",
    "8081-8081, true, false",
    "8082-9000, false, true",
    "' 9000 - 9999 ', false, false"
  })
  void onlyPortsOfTheSafeRangeAreOpenedBesideTheOneThatSageMakerCalls(
      String range, boolean management, boolean metrics) {
    ServerConfig config = container.load(Map.of("SAGEMAKER_SAFE_PORT_RANGE", range));
    assertThat(config.doors().inference()).hasToString("http://0.0.0.0:8080");
    assertThat(config.doors().management().isPresent()).isEqualTo(management);
    assertThat(config.doors().metrics().isPresent()).isEqualTo(metrics);
    String outside = " is outside SAGEMAKER_SAFE_PORT_RANGE, ";
    assertThat(String.join("\n", config.warnings()))
        .satisfies(
            told ->
                assertThat(
                        told.contains(
                            "the management API is not opened: http://127.0.0.1:8081" + outside))
                    .isNotEqualTo(management))
        .satisfies(
            told ->
                assertThat(
                        told.contains(
                            "the metrics API is not opened: http://0.0.0.0:8082" + outside))
                    .isNotEqualTo(metrics));
  }

  @Test
  void anApiAtThePortThatSageMakerCallsOrAtASocketStaysOpen() {
    ServerConfig config =
        container.load(
            Map.of(
                "SAGEMAKER_BIND_TO_PORT", "7000",
                "SAGEMAKER_SAFE_PORT_RANGE", "9000-9999",
                "TS_MANAGEMENT_ADDRESS", "http://0.0.0.0:7000",
                "TS_METRICS_ADDRESS", "unix:/tmp/metrics.sock"));
    assertThat(config.doors().management()).hasValue(config.doors().inference());
    assertThat(config.doors().metrics()).isPresent();
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void inferenceOutsideTheSafeRangeIsAFault() {
    Map<String, String> environment =
        Map.of(
            "TS_INFERENCE_ADDRESS", "http://0.0.0.0:7001",
            "SAGEMAKER_BIND_TO_PORT", "7000",
            "SAGEMAKER_SAFE_PORT_RANGE", "9000-9999");
    assertThatThrownBy(() -> container.load(environment))
        .hasMessageContaining(
            "TS_INFERENCE_ADDRESS: http://0.0.0.0:7001 (expected: port 7000, which SageMaker calls,"
                + " or one of SAGEMAKER_SAFE_PORT_RANGE, 9000-9999)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "99999", "http"})
  void aPortThatIsNoneIsTheOnlyFaultNextToASafeRange(String port) {
    Map<String, String> environment =
        Map.of("SAGEMAKER_BIND_TO_PORT", port, "SAGEMAKER_SAFE_PORT_RANGE", "9000-9999");
    assertThatThrownBy(() -> container.load(environment))
        .hasMessageContaining("1 fault:")
        .hasMessageContaining("SAGEMAKER_BIND_TO_PORT: " + port + " (expected: a whole number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"9000", "9999-9000", "0-10", "1-65536", "a-b", "9000-9999-10000"})
  void aRangeThatIsNoneIsAFault(String range) {
    assertThatThrownBy(() -> container.load(Map.of("SAGEMAKER_SAFE_PORT_RANGE", range)))
        .hasMessageContaining("SAGEMAKER_SAFE_PORT_RANGE: " + range + " (expected: two ports");
  }
}
