package dev.sconce.torch;

import ai.djl.Device;
import dev.sconce.error.ServingException;
import java.nio.file.Path;
import java.util.Optional;

/** Loads TorchScript files for rooms that do not see DJL's devices. Safe from any thread. */
public final class ScriptLoader {
  private final TorchEngine engine;

  /** A loader of modules that {@code engine} runs. */
  public ScriptLoader(TorchEngine engine) {
    this.engine = engine;
  }

  /**
   * Loads a module.
   *
   * @param gpu the GPU it is to be on; empty for the CPU
   * @throws ServingException {@code INVALID_MODEL} if libtorch cannot load the file, {@code
   *     OUT_OF_MEMORY} if the device has no room for it
   */
  public TorchModule load(Path file, Optional<Integer> gpu) {
    return engine.load(file, gpu.map(Device::gpu).orElseGet(Device::cpu));
  }
}
