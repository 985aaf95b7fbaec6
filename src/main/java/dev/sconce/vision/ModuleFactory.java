package dev.sconce.vision;

import dev.sconce.handler.Device;
import dev.sconce.handler.HandlerContext;
import dev.sconce.network.OperatorSet;
import dev.sconce.network.Precision;
import dev.sconce.torch.ProcessorFeatures;
import dev.sconce.torch.TorchEngine;
import dev.sconce.torch.TorchModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Brings networks into native memory. Safe from any thread. */
final class ModuleFactory {
  private final TorchEngine engine;

  ModuleFactory(TorchEngine engine) {
    this.engine = engine;
  }

  /** Writes a network as a TorchScript archive. */
  @FunctionalInterface
  interface Network {
    void write(Path file, Precision precision, OperatorSet operators) throws IOException;
  }

  /**
   * A network that was written and loaded.
   *
   * @param module to be closed
   * @param facts what to tell people of it: {@code network} and {@code precision}
   */
  record Written(TorchModule module, Map<String, Object> facts) {}

  /**
   * Writes a network in the precision that the model's configuration asks for, with the operators
   * that suit the device, loads it, and deletes the file: once loaded, nothing of it is on disk any
   * more.
   *
   * @param summary what the network is
   * @throws dev.sconce.error.ServingException {@code INVALID_MODEL} if the precision cannot be had,
   *     {@code OUT_OF_MEMORY} if the device has no room
   */
  Written load(HandlerContext context, String summary, Network network) throws IOException {
    Device device = context.device();
    Precision precision =
        PrecisionSetting.of(context.settings(), device, ProcessorFeatures.ofThisMachine());
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("network", summary);
    facts.put("precision", precision.name().toLowerCase(Locale.ROOT));
    return new Written(load(network, precision, device), facts);
  }

  private TorchModule load(Network network, Precision precision, Device device) throws IOException {
    boolean oneDnn = !device.isGpu() && engine.hasOneDnn();
    Path file = Files.createTempFile("sconce-network-", ".pt");
    try {
      network.write(file, precision, oneDnn ? OperatorSet.ONEDNN : OperatorSet.ATEN);
      return engine.load(file, djl(device));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Loads a TorchScript file of the user's.
   *
   * @throws dev.sconce.error.ServingException as {@link TorchEngine#load}
   */
  TorchModule loadScript(Path file, Device device) {
    return engine.load(file, djl(device));
  }

  /** DJL's word for a device. */
  static ai.djl.Device djl(Device device) {
    return device.isGpu() ? ai.djl.Device.gpu(device.index()) : ai.djl.Device.cpu();
  }
}
