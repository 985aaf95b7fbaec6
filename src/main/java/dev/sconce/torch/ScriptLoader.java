package dev.sconce.torch;

import ai.djl.Device;
import dev.sconce.error.ServingException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Loads TorchScript files for rooms, and for handlers of users, that do not see DJL's devices. Safe
 * from any thread.
 */
public final class ScriptLoader {
  private final TorchEngine engine;

  /**
   * A loader of modules that the server's engine runs, sharing the cores with all others. Where
   * there is no server, as in a handler's own test, it starts the engine.
   */
  public ScriptLoader() {
    this(TorchEngine.start(EngineSettings.DEFAULT));
  }

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
    return engine.load(file, device(gpu));
  }

  /**
   * Loads a module of the form {@code forward(Tensor) -> Tensor} whose gradients at a layer are
   * wanted. Traced and scripted files will do; not frozen ones, which have no layers any more.
   *
   * @param gpu the GPU it is to be on; empty for the CPU
   * @param layer as {@code named_modules()} names it in Python: {@code conv1}, {@code features.29},
   *     {@code layer4.1.conv2}. What a network has under two names, {@code torch.jit.script} saves
   *     as two layers with the same weights, {@code torch.jit.trace} as one under its first name
   * @throws ServingException {@code INVALID_MODEL} if libtorch cannot load the file, if it has no
   *     such layer, naming those it has, if the layer is never called or gives no tensor; {@code
   *     OUT_OF_MEMORY} if the device has no room for it
   */
  public LayerModule load(Path file, Optional<Integer> gpu, String layer) {
    return LayerModule.load(engine, file, device(gpu), layer);
  }

  private static Device device(Optional<Integer> gpu) {
    return gpu.map(Device::gpu).orElseGet(Device::cpu);
  }
}
