package dev.sconce.config;

import dev.sconce.archive.ExtractionLimits;
import dev.sconce.archive.StoreSettings;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.HttpSettings;
import dev.sconce.model.ModelSettings;
import dev.sconce.sagemaker.SageMakerSettings;
import dev.sconce.snapshot.SnapshotFiles;
import dev.sconce.snapshot.SnapshotSettings;
import dev.sconce.torch.EngineSettings;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * File, command line and environment → {@link ServerConfig}, the later winning over the earlier,
 * with every fault reported at once.
 *
 * <p>Keys, their meaning and their defaults are TorchServe's ({@code ConfigManager.java}); {@code
 * config.properties} in the repository tells of those that are ours or have another default.
 */
public final class ConfigLoader {
  private static final Logger log = LoggerFactory.getLogger(ConfigLoader.class);
  private static final Path DEFAULT_FILE = Path.of("config.properties");

  /** Pillow's limit, twice its MAX_IMAGE_PIXELS, above which it raises DecompressionBombError. */
  private static final long PILLOW_MAX_PIXELS = 2L * 89_478_485;

  /** What decoding one pixel may take of the heap at most. */
  private static final long HEAP_BYTES_PER_PIXEL = 20;

  /** Beyond what any machine runs; much more would hang the start or end it without a word. */
  private static final int MOST_THREADS = 1000;

  private final long maxHeapBytes;
  private final Path temporaryDirectory;
  private final Path workingDirectory;
  private final EnvironmentValues environment;

  /**
   * A loader for a machine.
   *
   * @param maxHeapBytes how large the heap may grow
   * @param temporaryDirectory where archives are unpacked
   * @param workingDirectory where the key file is written, but for containers: there only temporary
   *     files can be
   * @param environment the variables that may say something of the configuration
   */
  public ConfigLoader(
      long maxHeapBytes,
      Path temporaryDirectory,
      Path workingDirectory,
      Map<String, String> environment) {
    this.maxHeapBytes = maxHeapBytes;
    this.temporaryDirectory = temporaryDirectory;
    this.workingDirectory = workingDirectory;
    this.environment = new EnvironmentValues(environment);
  }

  /**
   * Reads the configuration.
   *
   * @throws ServingException {@code INVALID_CONFIGURATION}, naming every key whose value is wrong
   */
  public ServerConfig load(Overrides overrides) {
    Map<String, String> file = file(overrides);
    KeyReader keys = keys(file, overrides);
    ServerConfig config =
        read(
            keys,
            overrides.container(),
            SnapshotKeys.read(keys, file, overrides),
            SageMakerKeys.read(keys, overrides));
    if (!keys.faults().isEmpty()) {
      throw new ServingException(
          ErrorCode.INVALID_CONFIGURATION,
          "the configuration has "
              + keys.faults().size()
              + (keys.faults().size() == 1 ? " fault:\n  " : " faults:\n  ")
              + String.join("\n  ", keys.faults()));
    }
    return config;
  }

  /** In a container the environment always stands in for keys. */
  private KeyReader keys(Map<String, String> file, Overrides overrides) {
    if (overrides.container().isEmpty()) {
      return new KeyReader(file, overrides.keys(), environment);
    }
    Map<String, String> base = new TreeMap<>(SageMakerKeys.DEFAULTS);
    base.putAll(file);
    Map<String, String> commandLine = new TreeMap<>(overrides.keys());
    commandLine.put("enable_envvars_config", "true");
    KeyReader keys = new KeyReader(base, commandLine, environment);
    SageMakerKeys.standIn(keys, MOST_THREADS);
    return keys;
  }

  private Map<String, String> file(Overrides overrides) {
    Optional<Path> chosen =
        environment
            .configFile()
            .map(Path::of)
            .or(overrides::configFile)
            .or(() -> overrides.snapshots().flatMap(SnapshotFiles::newest));
    Path file = chosen.orElse(DEFAULT_FILE);
    Properties properties = new Properties();
    if (chosen.isPresent() || (overrides.container().isEmpty() && Files.exists(file))) {
      log.info("The configuration is {}", file);
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new ServingException(
            ErrorCode.INVALID_CONFIGURATION, file + " cannot be read: " + reason(e), e);
      }
    }
    Map<String, String> values = new TreeMap<>();
    properties.forEach((key, value) -> values.put(key.toString(), value.toString()));
    return values;
  }

  /** These two exceptions' own messages do not say it. */
  private static String reason(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    return e instanceof CharacterCodingException
        ? "it is not UTF-8"
        : String.valueOf(e.getMessage());
  }

  private ServerConfig read(
      KeyReader keys,
      Optional<Path> container,
      SnapshotSettings snapshots,
      SageMakerSettings sageMaker) {
    UnusedKeys.read(keys);
    ServedModels served =
        container
            .filter(root -> snapshots.restored().isEmpty())
            .map(root -> ServedModels.inContainer(keys, root, sageMaker.multiModel()))
            .orElseGet(() -> ServedModels.asTold(keys));
    return new ServerConfig(
        DoorKeys.read(keys, container.flatMap(root -> SafePorts.read(keys))),
        AuthKeys.read(keys, container.isPresent() ? temporaryDirectory : workingDirectory),
        http(keys),
        new StoreSettings(served.store(), temporaryDirectory, ExtractionLimits.DEFAULT),
        DownloadKeys.read(keys),
        models(keys, container.isPresent() && !sageMaker.multiModel()),
        engine(keys),
        served.models(),
        served.all(),
        served.required(),
        keys.flag("enable_model_api", true),
        MetricsKeys.read(keys),
        LogKeys.read(keys),
        container.flatMap(root -> LogKeys.pythonLevel(keys)),
        maxPicturePixels(keys.flag("limit_max_image_pixels", true)),
        snapshots,
        sageMaker,
        served.scripts(),
        keys.warnings(),
        keys.unused());
  }

  private static ModelSettings models(KeyReader keys, boolean inContainer) {
    return ModelKeys.read(
        keys,
        MOST_THREADS,
        inContainer ? SingleModelValues.read(keys, MOST_THREADS) : SingleModelValues.NONE);
  }

  private static EngineSettings engine(KeyReader keys) {
    return new EngineSettings(
        keys.optionalInteger("intra_op_threads", 1, MOST_THREADS),
        keys.optionalInteger("number_of_gpu", 0));
  }

  private static HttpSettings http(KeyReader keys) {
    HttpSettings base = HttpSettings.defaults();
    return new HttpSettings(
        keys.optionalInteger("number_of_netty_threads", 0, MOST_THREADS)
            .orElse(base.eventLoopThreads()),
        keys.flag("use_native_io", base.nativeTransport()),
        base.maxRequestLineBytes(),
        base.maxHeaderBytes(),
        keys.integer("max_request_size", base.maxBodyBytes(), 1),
        base.maxFormFields(),
        base.idleTimeout(),
        base.receiveTimeout(),
        keys.seconds("drain_timeout", base.drainTimeout()));
  }

  /** As many as Pillow takes, unless the heap is too small for that. */
  private long maxPicturePixels(boolean limited) {
    long heapAllows = maxHeapBytes / HEAP_BYTES_PER_PIXEL;
    return limited ? Math.min(PILLOW_MAX_PIXELS, heapAllows) : heapAllows;
  }
}
