package dev.sconce.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Utils;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PyTorch engine: libtorch is unpacked and loaded on a thread of its own, no network is asked.
 * Whoever wants something of the engine waits for that.
 *
 * <p>There is one engine in a JVM. Starting it a second time finds it running; the first settings
 * stay in force. Safe from any thread.
 */
public final class TorchEngine {
  private static final Logger log = LoggerFactory.getLogger(TorchEngine.class);

  /** Where DJL looks for libraries with operators of their own: paths, with commas between. */
  static final String EXTRA_LIBRARIES = "PYTORCH_EXTRA_LIBRARY_PATH";

  /** libtorch lives once in a process, and so do the shares of its cores. */
  private static final AtomicReference<@Nullable TorchEngine> STARTED = new AtomicReference<>();

  private final CompletableFuture<Loaded> loading;

  /**
   * What there is once libtorch is loaded.
   *
   * @param cores no more threads compute at once than there are: more would only be in each other's
   *     way
   */
  private record Loaded(Engine engine, CoreShares cores, int usableGpus, String gpuReason) {}

  private TorchEngine(CompletableFuture<Loaded> loading) {
    this.loading = loading;
  }

  /**
   * Begins to load libtorch, and to unpack it before if need be. That takes about half a second,
   * the first time ever some seconds more; progress is logged.
   */
  public static TorchEngine start(EngineSettings settings) {
    synchronized (STARTED) {
      @Nullable TorchEngine running = STARTED.get();
      if (running != null && !running.loading.isCompletedExceptionally()) {
        return running;
      }
      TorchEngine engine =
          new TorchEngine(
              CompletableFuture.supplyAsync(
                  () -> boot(settings), task -> new Thread(task, "torch-engine").start()));
      STARTED.set(engine);
      return engine;
    }
  }

  /**
   * Waits until libtorch is loaded.
   *
   * @throws ServingException {@code INTERNAL} if it cannot be unpacked or loaded, as from all that
   *     needs it
   */
  public void await() {
    Loaded unused = loaded();
  }

  private Loaded loaded() {
    try {
      return loading.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof ServingException known ? known : e;
    }
  }

  private static Loaded boot(EngineSettings settings) {
    setUnlessSet("OPT_OUT_TRACKING", "true");
    setUnlessSet("ai.djl.offline", "true");
    settings
        .intraOpThreads()
        .ifPresent(threads -> setUnlessSet("ai.djl.pytorch.num_threads", "" + threads));
    try {
      @Nullable NativeLibraries bundled = bundledLibraries();
      String flavor = bundled == null ? flavorOutside() : bundled.flavor();
      CudaDriver driver = isCpu(flavor) ? CudaDriver.NOT_ASKED : CudaDriver.probe();
      if (bundled != null) {
        locate(bundled, driver);
      }
      Engine engine = Engine.getEngine("PyTorch");
      keepToCores(settings);
      return describe(engine, flavor, driver, settings);
    } catch (IOException | RuntimeException | LinkageError e) {
      throw new ServingException(
          ErrorCode.INTERNAL, "the PyTorch engine cannot be started: " + causes(e), e);
    }
  }

  /** DJL's own message only says that a library failed to load; its cause says which and why. */
  private static String causes(Throwable fault) {
    StringJoiner causes = new StringJoiner(": ");
    for (Throwable t = fault; t != null; t = t.getCause()) {
      boolean saysWhat = t.getMessage() != null && !(t instanceof FileSystemException);
      causes.add(saysWhat ? t.getMessage() : t.toString()); // theirs is only the path
    }
    return causes.toString();
  }

  /** libtorch's version, as in {@code 2.7.1}. */
  public String version() {
    return loaded().engine().getVersion();
  }

  /** Whether this libtorch has oneDNN's operators for the CPU. */
  public boolean hasOneDnn() {
    return loaded().engine().hasCapability(StandardCapabilities.MKLDNN);
  }

  /** How many GPUs workers may use: 0 if there is none, if none works, or if none is wanted. */
  public int usableGpus() {
    return loaded().usableGpus();
  }

  /** Why {@link #usableGpus} is what it is, fit for the log. */
  public String gpuReason() {
    return loaded().gpuReason();
  }

  /**
   * Loads a TorchScript archive straight onto {@code device}. On the CPU, modules of one engine
   * share its cores.
   *
   * @throws ServingException {@code INVALID_MODEL} if the file is no module that libtorch can load,
   *     {@code OUT_OF_MEMORY} if the device has no room for it
   */
  public TorchModule load(Path file, Device device) {
    CoreShares shares = device.isGpu() ? CoreShares.unlimited() : cores();
    return TorchModule.load(file, device, shares);
  }

  /**
   * The thread has requests to answer: until {@link #end} the cores are shared with it, whatever it
   * does between its forwards.
   */
  public void begin(Thread thread) {
    cores().begin(thread);
  }

  /**
   * The thread has answered them; or it hangs in a forward and is given up on, which goes on and
   * keeps its memory, while others are given its cores.
   */
  public void end(Thread thread) {
    cores().end(thread);
  }

  /**
   * What both give: computed at once if the cores have room for that, otherwise one after the other
   * on this thread. For work between forwards, such as decoding; what the first fails with is
   * thrown rather than what the second does.
   */
  public <T> List<T> both(Supplier<T> first, Supplier<T> second) {
    return cores().both(first, second);
  }

  /** What modules on the CPU share. */
  CoreShares cores() {
    return loaded().cores();
  }

  /** The libraries in the jar, or null if there are none or others are asked for. */
  private static @Nullable NativeLibraries bundledLibraries() throws IOException {
    return isSet("PYTORCH_LIBRARY_PATH") ? null : NativeLibraries.onClassPath();
  }

  private static String flavorOutside() {
    return Utils.getEnvOrSystemProperty("PYTORCH_FLAVOR", "cpu");
  }

  private static boolean isCpu(String flavor) {
    return flavor.startsWith("cpu");
  }

  /** Points DJL at the libraries. */
  private static void locate(NativeLibraries bundled, CudaDriver driver) throws IOException {
    Path directory = driver.present() ? bundled.unpack() : bundled.unpackForNoDriver();
    setUnlessSet("PYTORCH_LIBRARY_PATH", directory.toString());
    setUnlessSet("PYTORCH_FLAVOR", bundled.flavor());
  }

  private static Loaded describe(
      Engine engine, String flavor, CudaDriver driver, EngineSettings settings) {
    int found = engine.hasCapability(StandardCapabilities.CUDA) ? driver.gpus() : 0;
    int usable = Math.min(found, settings.maxGpus().orElse(found));
    String reason;
    if (isCpu(flavor)) {
      reason = "this libtorch is built for the CPU only (expected for GPUs: the profile cuda)";
    } else if (found == 0) {
      reason = "libtorch for " + flavor + " can use no GPU: " + driver.report();
    } else if (usable < found) {
      reason = "GPUs: " + driver.report() + ", number_of_gpu allows " + usable;
    } else {
      reason = "GPUs: " + driver.report();
    }
    log.info("libtorch {} ({}) is loaded; {}", engine.getVersion(), flavor, reason);
    int cores = Runtime.getRuntime().availableProcessors();
    return new Loaded(engine, CoreShares.of(cores, threadsToldOf(settings)), usable, reason);
  }

  /** How many threads every forward is to have, if somebody says so. */
  private static OptionalInt threadsToldOf(EngineSettings settings) {
    return settings.intraOpThreads().isEmpty() && isSet("OMP_NUM_THREADS")
        ? OptionalInt.of(JniUtils.getNumThreads())
        : settings.intraOpThreads();
  }

  /**
   * For what computes without shares, as a handler of the user's own may: in a container libtorch
   * counts the machine's cores, Java those it may use.
   */
  private static void keepToCores(EngineSettings settings) {
    int cores = Runtime.getRuntime().availableProcessors();
    if (threadsToldOf(settings).isEmpty() && JniUtils.getNumThreads() > cores) {
      JniUtils.setNumThreads(cores);
    }
  }

  private static boolean isSet(String name) {
    return System.getProperty(name) != null || System.getenv(name) != null;
  }

  private static void setUnlessSet(String name, String value) {
    if (!isSet(name)) {
      System.setProperty(name, value);
    }
  }
}
