package dev.sconce.model;

import dev.sconce.archive.ExtractionLimits;
import dev.sconce.archive.ModelStore;
import dev.sconce.archive.StoreSettings;
import dev.sconce.download.DownloadSettings;
import dev.sconce.download.Downloads;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.HandlerLoader;
import dev.sconce.handler.HandlerRecogniser;
import dev.sconce.handler.HandlerRecogniser.Recognition;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.metrics.MetricsMode;
import dev.sconce.worker.InferenceMetrics;
import dev.sconce.worker.ManualTimer;
import dev.sconce.worker.NoAttendance;
import dev.sconce.worker.PoolTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry over a store of plain directories, with handlers that need no weights. */
public final class ModelsFixture implements AutoCloseable {
  final Path storeDirectory;
  public final Models models;
  final CountDownLatch loading = new CountDownLatch(1);
  final CountDownLatch mayLoad = new CountDownLatch(1);
  final CountDownLatch closed = new CountDownLatch(1);
  final Semaphore hanging = new Semaphore(0);
  final ManualTimer timer = new ManualTimer();
  private final ExecutorService loaders = Executors.newFixedThreadPool(2);
  private final AtomicInteger ids = new AtomicInteger(9000);

  /** Says which model it serves and on what. */
  static class Echo implements Handler<String, String> {
    String greeting = "";

    @Override
    public void initialize(HandlerContext context) throws Exception {
      greeting = context.modelName() + " " + context.modelVersion() + " " + context.device() + " ";
    }

    @Override
    public String preprocess(Input input) {
      return input.require("body").text();
    }

    @Override
    public List<String> inference(List<String> batch) throws Exception {
      return batch;
    }

    @Override
    public Output postprocess(Input input, String text) {
      return Output.bytes("text/plain", (greeting + text).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Map<String, Object> describe() {
      return Map.of("pipeline", "echo");
    }
  }

  /** Loads when the test lets it. */
  final class Slow extends Echo {
    @Override
    public void initialize(HandlerContext context) throws Exception {
      loading.countDown();
      mayLoad.await();
      super.initialize(context);
    }
  }

  /** Its first worker loads when the test lets it, others at once. */
  final class SlowFirst extends Echo {
    private boolean opened;

    @Override
    public void initialize(HandlerContext context) throws Exception {
      if (Thread.currentThread().getName().startsWith("W-9000")) {
        mayLoad.await();
      }
      super.initialize(context);
      opened = true;
    }

    @Override
    public void close() {
      if (opened) {
        closed.countDown();
      }
    }
  }

  /** Says of each request whether it asks for an explanation. */
  static final class Explaining extends Echo {
    @Override
    public String preprocess(Input input) {
      return input.explain() ? "explained" : "predicted";
    }

    @Override
    public boolean explains() {
      return true;
    }
  }

  /** Greets as a file of the model says. */
  static final class Reading extends Echo {
    @Override
    public void initialize(HandlerContext context) throws Exception {
      super.greeting = Files.readString(context.modelDirectory().resolve("greeting.txt")) + " ";
    }
  }

  /** Never answers before the test lets it, whatever happens. */
  final class Hanging extends Echo {
    private boolean hung;

    @Override
    public List<String> inference(List<String> batch) {
      loading.countDown();
      hanging.release();
      hung = true;
      while (mayLoad.getCount() > 0) {
        try {
          mayLoad.await();
        } catch (InterruptedException e) {
          // as native code does
        }
      }
      return batch;
    }

    @Override
    public void close() {
      if (hung) {
        closed.countDown();
      }
    }
  }

  /** Never loads. */
  static final class Broken extends Echo {
    @Override
    public void initialize(HandlerContext context) throws Exception {
      throw new IOException("disk gone");
    }
  }

  /** Finds the heap full. */
  static final class TooLarge extends Echo {
    @Override
    public void initialize(HandlerContext context) {
      throw new OutOfMemoryError("asked for");
    }
  }

  ModelsFixture(Path storeDirectory, ModelSettings settings, Hardware hardware) {
    this.storeDirectory = storeDirectory;
    Path unpacked = storeDirectory.resolveSibling("unpacked");
    ModelStore store =
        new ModelStore(
            new StoreSettings(Optional.of(storeDirectory), unpacked, ExtractionLimits.DEFAULT));
    HandlerLoader handlers =
        new HandlerLoader(
            Map.of(
                "echo", Echo::new,
                "reading", Reading::new,
                "slow", Slow::new,
                "slow_first", SlowFirst::new,
                "hanging", Hanging::new,
                "broken", Broken::new,
                "too_large", TooLarge::new,
                "explaining", Explaining::new));
    HandlerRecogniser recogniser =
        directory ->
            Files.exists(directory.resolve("echo.pth"))
                ? new Recognition(Optional.of("echo"), "echo.pth (an echo)")
                : new Recognition(Optional.empty(), "nothing known");
    InferenceMetrics metrics =
        new InferenceMetrics(new MetricRegistry(MetricsMode.ALL, Clock.systemUTC()), "host");
    PoolTools tools =
        new PoolTools(
            metrics,
            ids::getAndIncrement,
            timer,
            Clock.systemUTC(),
            timer::nanos,
            new NoAttendance());
    Downloads downloads = new Downloads(DownloadSettings.NONE, Thread::new);
    models =
        Models.create(
            store, downloads, handlers, recogniser, settings, () -> hardware, tools, loaders);
  }

  /** With the default settings, on two cores without a GPU. */
  public ModelsFixture(Path storeDirectory) {
    this(storeDirectory, ModelSettings.defaults(), new Hardware(2, 0, "none"));
  }

  /** Makes a model directory with a manifest; handler and config may be empty. */
  void addModel(String name, String version, String handler, String config) throws IOException {
    Path directory = Files.createDirectories(storeDirectory.resolve(name + "-" + version));
    Files.createDirectories(directory.resolve("MAR-INF"));
    String handlerMember = handler.isEmpty() ? "" : "\"handler\": \"" + handler + "\", ";
    String json =
        "{\"model\": {" + handlerMember + "\"modelName\": \"%s\", \"modelVersion\": \"%s\"}}";
    Files.writeString(directory.resolve("MAR-INF/MANIFEST.json"), json.formatted(name, version));
    if (!config.isEmpty()) {
      Files.writeString(directory.resolve("model-config.yaml"), config);
    }
  }

  /** A register call for a model of {@link #addModel}. */
  static Registration registration(String url, int workers) {
    return new Registration(
        url,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(workers),
        Optional.empty(),
        Optional.empty(),
        false,
        Registration.Origin.CALLER);
  }

  /** Registers and waits until the workers are ready. */
  ModelKey register(Registration registration) throws Exception {
    ModelLifecycle.Change change = get(models.lifecycle().register(registration));
    get(change.done());
    return change.key();
  }

  CompletableFuture<Output> send(String model, Optional<String> version, String text) {
    return send(model, version, text, Map.of());
  }

  CompletableFuture<Output> send(
      String model, Optional<String> version, String text, Map<String, String> headers) {
    return models.inference().predict(model, version, "id", Map.of("body", Part.of(text)), headers);
  }

  static String text(CompletableFuture<Output> answer) throws Exception {
    Output.Answer whole = (Output.Answer) get(answer);
    return StandardCharsets.UTF_8.decode(whole.body().duplicate()).toString();
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    mayLoad.countDown();
    models.lifecycle().close().orTimeout(60, TimeUnit.SECONDS).join();
    loaders.shutdownNow();
  }
}
