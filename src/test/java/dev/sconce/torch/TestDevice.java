package dev.sconce.torch;

import ai.djl.Device;
import java.util.OptionalInt;

/**
 * The device that golden tests run on: the CPU, or with {@code -Dsconce.test.device=gpu} the first
 * GPU.
 */
public final class TestDevice {
  private TestDevice() {}

  /**
   * The engine, started with one thread for each forward: two would wait for each other whenever
   * the machine has something else to do, and tests that want both cores run two forwards.
   */
  public static TorchEngine engine() {
    TorchEngine engine =
        TorchEngine.start(new EngineSettings(OptionalInt.of(1), OptionalInt.empty()));
    engine.await(); // tests call libtorch themselves, too
    return engine;
  }

  /** Starts the engine, too. Asking for a GPU where none can be used is an error, not a skip. */
  public static Device get() {
    TorchEngine engine = engine();
    String wanted = System.getProperty("sconce.test.device", "cpu");
    if (wanted.equals("cpu")) {
      return Device.cpu();
    }
    if (!wanted.equals("gpu") || engine.usableGpus() == 0) {
      throw new IllegalStateException(
          "sconce.test.device: " + wanted + " (expected: cpu, or gpu): " + engine.gpuReason());
    }
    return Device.gpu(0);
  }
}
