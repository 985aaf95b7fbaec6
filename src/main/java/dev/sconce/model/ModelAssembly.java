package dev.sconce.model;

import dev.sconce.archive.Manifest;
import dev.sconce.archive.ModelArchive;
import dev.sconce.archive.ModelConfig;
import dev.sconce.archive.ModelConfig.DeviceType;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Device;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.HandlerLoader;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.HandlerRecogniser;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.handler.ModelFiles;
import dev.sconce.model.Registration.Origin;
import dev.sconce.worker.PoolSettings;
import dev.sconce.worker.PoolTools;
import dev.sconce.worker.Timeouts;
import dev.sconce.worker.WorkerPool;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts an opened archive, its handler and its workers together, and decides what holds: the
 * register call's word, else the model's configuration, else the server's.
 */
final class ModelAssembly {
  private static final Logger log = LoggerFactory.getLogger(ModelAssembly.class);

  /** What TorchServe's archiver takes for a name, and a version alike. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_\\-.]{0,255}");

  /** TorchServe's default. */
  private static final Duration RETRY_WINDOW = Duration.ofMinutes(5);

  private final HandlerChoice.Rule handlers;
  private final ModelSettings settings;
  private final Supplier<Hardware> hardware;
  private final PoolTools tools;

  ModelAssembly(
      HandlerLoader loader,
      HandlerRecogniser recogniser,
      ModelSettings settings,
      Supplier<Hardware> hardware,
      PoolTools tools) {
    this.handlers = new HandlerChoice.Rule(loader, recogniser, settings);
    this.settings = settings;
    this.hardware = hardware;
    this.tools = tools;
  }

  /**
   * The model of an archive, with no workers yet.
   *
   * @throws ServingException {@code INVALID_MODEL} or {@code BAD_REQUEST}
   */
  ServedModel assemble(Registration registration, ModelArchive archive) {
    Manifest manifest = archive.manifest();
    ModelKey key =
        new ModelKey(
            checked("model_name", registration.modelName().orElse(manifest.modelName())),
            checked("model version", manifest.modelVersion()));
    PoolSettings pool = poolSettings(registration, archive, options(key));
    UnusedKeys.report(archive.url(), archive.config().values());
    HandlerChoice choice =
        Patience.within(
            pool.timeouts().startup(),
            archive.url() + ": choosing the handler",
            () -> checked(handlers.choose(registration, archive)),
            late -> late.source().close());
    if (choice.source().classes().isPresent()) {
      archive.keep(); // its own classes may read files, and load more classes, at any time
    }
    choice.replaced().ifPresent(python -> sayReplaced(key, python, choice.source().name()));
    return new ServedModel(
        key,
        archive,
        choice,
        new WorkerPool(key.name(), key.version(), pool, opener(key, archive, choice), tools),
        registration);
  }

  private ModelOptions options(ModelKey key) {
    return settings.perModel().getOrDefault(key, ModelOptions.NONE);
  }

  /** Says at registration what the first worker would, of which there may be none yet. */
  private HandlerChoice checked(HandlerChoice choice) {
    HandlerLoader.Source source = choice.source();
    try {
      settings.envelope().ifPresent(envelope -> envelope.around(source.maker().get()).close());
      return choice;
    } catch (RuntimeException | Error e) {
      source.close();
      throw e;
    }
  }

  private static String checked(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          what + ": " + name + " (expected: letters, digits, '_', '-' and '.', at most 256)");
    }
    return name;
  }

  private static void sayReplaced(ModelKey key, String python, String handler) {
    log.warn(
        "Model {} version {}: its own handler {} was not run; the built-in handler {} stands in",
        key.name(),
        key.version(),
        python,
        handler);
  }

  /**
   * How many workers to start. As in TorchServe, the model's own configuration wins over a caller;
   * what was in service before wins over both.
   */
  int workers(Registration registration, ServedModel model) {
    Hardware hardware = this.hardware.get();
    int everyDevice = hardware.gpus() > 0 ? hardware.gpus() : hardware.cores();
    int otherwise = registration.origin() == Origin.CALLER ? 0 : everyDevice;
    Optional<Integer> asked = registration.initialWorkers();
    Optional<Integer> own = model.archive().config().minWorkers();
    return (registration.origin() == Origin.SNAPSHOT ? asked.or(() -> own) : own.or(() -> asked))
        .or(options(model.key())::minWorkers)
        .orElseGet(() -> settings.defaultWorkers().orElse(otherwise));
  }

  /** How many workers there may be if {@code workers} are started. */
  int mostWorkers(ServedModel model, int workers) {
    return model
        .archive()
        .config()
        .maxWorkers()
        .or(options(model.key())::maxWorkers)
        .map(most -> Math.max(most, workers))
        .orElseGet(() -> Math.max(settings.maxWorkers().orElse(workers), workers));
  }

  private PoolSettings poolSettings(
      Registration registration, ModelArchive archive, ModelOptions options) {
    ModelConfig config = archive.config();
    return new PoolSettings(
        registration
            .batchSize()
            .or(config::batchSize)
            .or(options::batchSize)
            .orElse(settings.batchSize()),
        registration
            .maxBatchDelay()
            .or(config::maxBatchDelay)
            .or(options::maxBatchDelay)
            .orElse(settings.maxBatchDelay()),
        config.jobQueueSize().orElse(settings.queueCapacity()),
        config.useJobTicket().orElse(false),
        timeouts(registration, config, options),
        devices(archive.url(), config));
  }

  private Timeouts timeouts(Registration registration, ModelConfig config, ModelOptions options) {
    return new Timeouts(
        registration
            .responseTimeout()
            .or(config::responseTimeout)
            .or(options::responseTimeout)
            .orElse(settings.responseTimeout()),
        registration
            .startupTimeout()
            .or(config::startupTimeout)
            .or(options::startupTimeout)
            .orElse(settings.startupTimeout()),
        config.clientTimeout().orElse(Duration.ZERO),
        config.maxRetryTimeout().orElse(RETRY_WINDOW));
  }

  /** GPUs if there are some and the model does not ask for the CPU; else the CPU, saying why. */
  private List<Device> devices(String url, ModelConfig config) {
    Optional<DeviceType> wanted = config.deviceType();
    Hardware hardware = this.hardware.get();
    if (hardware.gpus() == 0 || wanted.equals(Optional.of(DeviceType.CPU))) {
      if (wanted.equals(Optional.of(DeviceType.GPU))) {
        log.warn("{}: deviceType is gpu, runs on the CPU: {}", url, hardware.gpuReason());
      }
      return List.of(Device.CPU);
    }
    List<Integer> ids =
        config.deviceIds().isEmpty()
            ? IntStream.range(0, hardware.gpus()).boxed().toList()
            : config.deviceIds();
    for (int id : ids) {
      if (id < 0 || id >= hardware.gpus()) {
        throw new ServingException(
            ErrorCode.INVALID_MODEL,
            "model-config.yaml: deviceIds: "
                + ids
                + " (expected: each below "
                + hardware.gpus()
                + ")");
      }
    }
    return ids.stream().map(Device::cuda).toList();
  }

  /** The model's configuration, and what else TorchServe's handlers read of the manifest. */
  private static HandlerSettings handlerSettings(ModelArchive archive) {
    Map<String, Object> values = new LinkedHashMap<>();
    archive.manifest().sourceVocab().ifPresent(file -> values.put("sourceVocab", file));
    values.putAll(archive.config().values());
    return new HandlerSettings(values);
  }

  /** Opens handlers for workers. */
  HandlerOpener opener(ModelKey key, ModelArchive archive, HandlerChoice choice) {
    return (device, shared) -> {
      ModelArchive.Loan files = archive.borrow();
      try (files) {
        HandlerContext context =
            new HandlerContext(
                key.name(),
                key.version(),
                files.directory(),
                archive.manifest().serializedFile(),
                choice.replaced(),
                handlerSettings(archive),
                device,
                shared,
                tools.metrics().ofHandlers(key.name()),
                () -> files(archive.borrow()));
        Handler<?, ?> made = choice.source().maker().get();
        Handler<?, ?> handler =
            settings.envelope().<Handler<?, ?>>map(envelope -> envelope.around(made)).orElse(made);
        return initialized(handler, context, choice.source());
      }
    };
  }

  private static ModelFiles.Loan files(ModelArchive.Loan loan) {
    return new ModelFiles.Loan(loan.directory(), loan::close);
  }

  /** What a user's own handler throws is told to who registers it; the log has the stack. */
  private static Handler<?, ?> initialized(
      Handler<?, ?> handler, HandlerContext context, HandlerLoader.Source source) throws Exception {
    try {
      handler.initialize(context);
      return handler;
    } catch (Throwable e) {
      try {
        handler.close();
      } catch (Exception fromClose) {
        e.addSuppressed(fromClose); // half made as it is; what initialize said is what matters
      }
      boolean told = e instanceof ServingException || e instanceof VirtualMachineError;
      if (told || source.classes().isEmpty()) {
        throw e;
      }
      log.warn("{}: initialize failed", source.name(), e);
      throw new ServingException(
          ErrorCode.INVALID_MODEL, source.name() + ": initialize failed: " + e, e);
    }
  }
}
