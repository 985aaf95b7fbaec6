package dev.sconce.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.auth.AuthSettings;
import dev.sconce.auth.AuthSettings.Asked;
import dev.sconce.config.ServerConfig.StartupModel;
import dev.sconce.envelope.Envelope;
import dev.sconce.http.CorsSettings;
import dev.sconce.http.HttpSettings;
import dev.sconce.http.ListenAddress;
import dev.sconce.logs.LogFormat;
import dev.sconce.metrics.MetricsMode;
import dev.sconce.metrics.MetricsSettings;
import dev.sconce.model.ModelSettings;
import dev.sconce.torch.EngineSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  private static final long LARGE_HEAP = 1L << 40;

  @TempDir Path directory;

  private static ListenAddress address(String host, int port) {
    return new ListenAddress(new InetSocketAddress(host, port), false);
  }

  private ServerConfig load(String properties) throws IOException {
    return load(properties, Optional.empty(), List.of());
  }

  private ServerConfig load(String properties, Optional<Path> store, List<String> models)
      throws IOException {
    Path file = directory.resolve("test.properties");
    Files.writeString(file, properties);
    return new ConfigLoader(LARGE_HEAP, directory, directory, Map.of())
        .load(new Overrides(Optional.of(file), store, models));
  }

  @Test
  void withoutAnyKeyTheDefaultsHold() throws IOException {
    ServerConfig config = load("");
    assertThat(config.doors().inference()).isEqualTo(address("127.0.0.1", 8080));
    assertThat(config.doors().management()).hasValue(address("127.0.0.1", 8081));
    assertThat(config.doors().metrics()).hasValue(address("127.0.0.1", 8082));
    assertThat(config.http()).isEqualTo(HttpSettings.defaults());
    assertThat(config.models()).isEqualTo(ModelSettings.defaults());
    assertThat(config.engine()).isEqualTo(EngineSettings.DEFAULT);
    assertThat(config.store().modelStore()).isEmpty();
    assertThat(config.startupModels()).isEmpty();
    assertThat(config.loadAllModels()).isFalse();
    assertThat(config.doors().identity()).isEmpty();
    assertThat(config.doors().cors()).isEqualTo(CorsSettings.NONE);
    assertThat(config.auth())
        .isEqualTo(
            new AuthSettings(
                Asked.OF_REMOTE_MANAGEMENT,
                Duration.ofMinutes(60),
                directory.resolve("key_file.json")));
    assertThat(config.modelApi()).isTrue();
    assertThat(config.maxPicturePixels()).isEqualTo(178_956_970);
    assertThat(config.metrics()).isEqualTo(MetricsSettings.DEFAULT);
    assertThat(config.logFormat()).isEqualTo(LogFormat.TEXT);
    assertThat(config.unused()).isEmpty();
  }

  @Test
  void theFileInTheRepositoryStatesTheDefaultsAndKnowsEveryKey() throws IOException {
    String file = Files.readString(Path.of("config.properties"));
    assertThat(load(file))
        .usingRecursiveComparison()
        .ignoringFields("snapshots")
        .isEqualTo(load(""));

    String everyKeySet = file.replaceAll("(?m)^#([a-z_]+=)", "$1");
    ServerConfig config = load(everyKeySet);
    assertThat(config.unused()).isEmpty();
    assertThat(config.store().modelStore()).hasValue(Path.of("model-store"));
    assertThat(config.loadAllModels()).isTrue();
    assertThat(config.engine()).isEqualTo(new EngineSettings(OptionalInt.of(2), OptionalInt.of(1)));
    assertThat(config.models().defaultWorkers()).hasValue(2);
    assertThat(config.models().handler()).hasValue("twin");
    assertThat(config.models().envelope()).hasValue(Envelope.JSON);
  }

  @Test
  void everyKeyOfTheListenersReachesItsSetting() throws IOException {
    ServerConfig config =
        load(
            """
            inference_address=http://0.0.0.0:9080
            management_address=http://[::1]:9081
            metrics_address=http://127.0.0.1
            number_of_netty_threads=32
            max_request_size=1000
            drain_timeout=3
            enable_model_api=false
            disable_token_authorization=true
            enable_metrics_api=true
            """);
    assertThat(config.doors().inference()).isEqualTo(address("0.0.0.0", 9080));
    assertThat(config.doors().management()).hasValue(address("::1", 9081));
    assertThat(config.doors().metrics()).hasValue(address("127.0.0.1", 8082));
    assertThat(config.http().eventLoopThreads()).isEqualTo(32);
    assertThat(config.http().maxBodyBytes()).isEqualTo(1000);
    assertThat(config.http().drainTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.auth().asked()).isEqualTo(Asked.OF_NOBODY);
    assertThat(config.modelApi()).isFalse();
  }

  @Test
  void everyKeyOfTheStoreAndTheEngineReachesItsSetting() throws IOException {
    ServerConfig config =
        load(
            """
            model_store=/models
            load_models=a.mar, twin=b.mar
            number_of_gpu=0
            intra_op_threads=3
            limit_max_image_pixels=false
            """);
    assertThat(config.store().modelStore()).hasValue(Path.of("/models"));
    assertThat(config.startupModels())
        .containsExactly(
            new StartupModel(Optional.empty(), "a.mar"),
            new StartupModel(Optional.of("twin"), "b.mar"));
    assertThat(config.engine()).isEqualTo(new EngineSettings(OptionalInt.of(3), OptionalInt.of(0)));
    assertThat(config.maxPicturePixels()).isEqualTo(LARGE_HEAP / 20);
  }

  @Test
  void everyKeyOfTheModelsReachesItsSetting() throws IOException {
    ServerConfig config =
        load(
            """
            default_workers_per_model=4
            job_queue_size=1000
            default_response_timeout=7
            default_startup_timeout=8
            unregister_model_timeout=9
            default_service_handler=twin
            service_envelope=kservev2
            strict_handlers=true
            allow_downloaded_jars=true
            """);
    assertThat(config.models())
        .isEqualTo(
            new ModelSettings(
                OptionalInt.of(4),
                OptionalInt.empty(),
                1,
                Duration.ofMillis(100),
                1000,
                Duration.ofSeconds(7),
                Duration.ofSeconds(8),
                Duration.ofSeconds(9),
                Optional.of("twin"),
                Optional.of(Envelope.KSERVEV2),
                true,
                true,
                Map.of()));
  }

  @Test
  void everyKeyOfTheMetricsAndTheLogsReachesItsSetting() throws IOException {
    ServerConfig config =
        load(
            """
            metrics_mode=legacy
            disable_system_metrics=true
            metric_time_interval=5
            log_format=json
            """);
    assertThat(config.metrics())
        .isEqualTo(new MetricsSettings(MetricsMode.LEGACY, false, Duration.ofSeconds(5)));
    assertThat(config.logFormat()).isEqualTo(LogFormat.JSON);
  }

  @Test
  void keysOfTheMetricsThatMeanNothingHereAreNamedWithTheReason() throws IOException {
    assertThat(load("metrics_config=/a/metrics.yaml\nasync_logging=true").unused())
        .containsExactly(
            "async_logging (no thread ever waits for a log)",
            "metrics_config (handlers declare their own families, the others are fixed)");
  }

  @Test
  void theMetricsListenerCanBeLeftOut() throws IOException {
    assertThat(load("enable_metrics_api=false").doors().metrics()).isEmpty();
  }

  @Test
  void theCommandLineWinsOverTheFile() throws IOException {
    ServerConfig config =
        load("model_store=/a\nload_models=x.mar", Optional.of(Path.of("/b")), List.of("all"));
    assertThat(config.store().modelStore()).hasValue(Path.of("/b"));
    assertThat(config.loadAllModels()).isTrue();
    assertThat(config.startupModels()).isEmpty();
  }

  @Test
  void theTutorialsFilesAreTakenAsTheyAre() throws IOException {
    String unet =
        """
        inference_address=http://0.0.0.0:8080
        management_address=http://0.0.0.0:8081
        number_of_netty_threads=32
        job_queue_size=1000
        model_store=/opt/ml/model
        load_models=all
        """;
    ServerConfig twin = load(unet + "default_workers_per_model=4");
    assertThat(twin.doors().inference()).isEqualTo(address("0.0.0.0", 8080));
    assertThat(twin.models().defaultWorkers()).hasValue(4);
    assertThat(twin.models().queueCapacity()).isEqualTo(1000);
    assertThat(twin.http().eventLoopThreads()).isEqualTo(32);
    assertThat(twin.loadAllModels()).isTrue();
    assertThat(twin.unused()).isEmpty();
    assertThat(load(unet).unused()).isEmpty();
  }

  @Test
  void debugMeansOneWorkerThatIsWaitedFor() throws IOException {
    ModelSettings models = load("debug=true\ndefault_workers_per_model=4").models();
    assertThat(models.defaultWorkers()).hasValue(1);
    assertThat(models.responseTimeout()).isEqualTo(Duration.ofDays(365));
    assertThat(models.startupTimeout()).isEqualTo(Duration.ofDays(365));
  }

  @Test
  void keysThatMeanNothingHereAreNamed() throws IOException {
    assertThat(load("vmargs=-Xmx1g\nipex_enable=true").unused())
        .containsExactly(
            "ipex_enable (libtorch's own fast kernels are always used; intra_op_threads bounds their threads)",
            "vmargs (Java is given its options in JAVA_TOOL_OPTIONS)");
  }

  @Test
  void aSmallHeapTakesSmallerPictures() {
    ServerConfig config = new ConfigLoader(1 << 20, directory, directory, Map.of()).load(noFile());
    assertThat(config.maxPicturePixels()).isEqualTo((1 << 20) / 20);
  }

  private Overrides noFile() {
    try {
      return new Overrides(
          Optional.of(Files.createTempFile(directory, "empty", ".properties")),
          Optional.empty(),
          List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void withoutAFileTheNewestSnapshotIsTheConfiguration() throws IOException {
    Path snapshots = Files.createDirectory(directory.resolve("config"));
    Path torchServes = Path.of("src/test/resources/snapshot/20261121035459112-snapshot.cfg");
    Files.copy(torchServes, snapshots.resolve(String.valueOf(torchServes.getFileName())));
    Files.writeString(snapshots.resolve("20261121035458436-startup.cfg"), "job_queue_size=7");
    Overrides overrides =
        new Overrides(
            Optional.empty(),
            Optional.of(snapshots),
            Overrides.keys(Optional.empty(), List.of("a.mar")));
    ServerConfig config =
        new ConfigLoader(LARGE_HEAP, directory, directory, Map.of()).load(overrides);

    assertThat(config.doors().inferenceForCurl()).isEqualTo("http://127.0.0.1:9080");
    assertThat(config.models().queueCapacity()).isEqualTo(100);
    assertThat(config.snapshots().directory()).hasValue(snapshots);
    assertThat(config.snapshots().restored().orElseThrow().models()).hasSize(3);
    assertThat(config.snapshots().properties())
        .containsEntry("load_models", "a.mar")
        .containsEntry("job_queue_size", "100")
        .doesNotContainKey("model_snapshot");
    assertThat(config.unused()).doesNotContain("version", "tsConfigFile", "model_snapshot");
  }

  @Test
  void aSnapshotThatIsNoneIsAFault() {
    assertThatThrownBy(() -> load("model_snapshot={}\njob_queue_size=0"))
        .hasMessageContaining("model_snapshot: an object (expected: an object with models)")
        .hasMessageContaining("job_queue_size: 0");
  }
}
