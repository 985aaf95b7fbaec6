package dev.sconce.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.util.cuda.CudaUtils;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The started PyTorch engine: libtorch is unpacked and loaded, no network was asked.
 *
 * <p>There is one engine in a JVM. Starting it a second time finds it running; the first settings
 * stay in force.
 */
public final class TorchEngine {
  private static final Logger log = LoggerFactory.getLogger(TorchEngine.class);

  private final Engine engine;
  private final int usableGpus;
  private final String gpuReason;

  private TorchEngine(Engine engine, int usableGpus, String gpuReason) {
    this.engine = engine;
    this.usableGpus = usableGpus;
    this.gpuReason = gpuReason;
  }

  /**
   * Unpacks libtorch if need be and loads it. Takes about half a second, the first time ever some
   * seconds more; progress is logged.
   *
   * @throws ServingException {@code INTERNAL} if libtorch cannot be unpacked or loaded
   */
  public static TorchEngine start(EngineSettings settings) {
    setUnlessSet("OPT_OUT_TRACKING", "true");
    setUnlessSet("ai.djl.offline", "true");
    settings
        .intraOpThreads()
        .ifPresent(threads -> setUnlessSet("ai.djl.pytorch.num_threads", "" + threads));
    try {
      String flavor = locateLibraries();
      Engine engine = Engine.getEngine("PyTorch");
      return describe(engine, flavor, settings);
    } catch (IOException | RuntimeException | LinkageError e) {
      throw new ServingException(
          ErrorCode.INTERNAL, "the PyTorch engine cannot be started: " + e.getMessage(), e);
    }
  }

  /** libtorch's version, as in {@code 2.7.1}. */
  public String version() {
    return engine.getVersion();
  }

  /** Whether this libtorch has oneDNN's operators for the CPU. */
  public boolean hasOneDnn() {
    return engine.hasCapability(StandardCapabilities.MKLDNN);
  }

  /** How many GPUs workers may use: 0 if there is none, if none works, or if none is wanted. */
  public int usableGpus() {
    return usableGpus;
  }

  /** Why {@link #usableGpus} is what it is, fit for the log. */
  public String gpuReason() {
    return gpuReason;
  }

  /** Points DJL at the libraries and returns what they were built for. */
  private static String locateLibraries() throws IOException {
    @Nullable NativeLibraries bundled = NativeLibraries.onClassPath();
    if (bundled == null || isSet("PYTORCH_LIBRARY_PATH")) {
      return System.getenv().getOrDefault("PYTORCH_FLAVOR", "cpu");
    }
    Path directory = bundled.unpack();
    setUnlessSet("PYTORCH_LIBRARY_PATH", directory.toString());
    setUnlessSet("PYTORCH_FLAVOR", bundled.flavor());
    return bundled.flavor();
  }

  private static TorchEngine describe(Engine engine, String flavor, EngineSettings settings) {
    int found = engine.hasCapability(StandardCapabilities.CUDA) ? CudaUtils.getGpuCount() : 0;
    int usable = Math.min(found, settings.maxGpus().orElse(found));
    String reason;
    if (flavor.startsWith("cpu")) {
      reason = "this libtorch is built for the CPU only (expected for GPUs: the profile cuda)";
    } else if (found == 0) {
      reason = "libtorch for " + flavor + " finds no GPU: no NVIDIA driver, or one too old for it";
    } else if (usable < found) {
      reason = found + " GPUs found, number_of_gpu allows " + usable;
    } else {
      reason = found + " GPUs found";
    }
    log.info("libtorch {} ({}) is loaded; {}", engine.getVersion(), flavor, reason);
    return new TorchEngine(engine, usable, reason);
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
