package dev.sconce.vision;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
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

  /** {@link #load} or {@link #loadDifferentiable}. */
  @FunctionalInterface
  interface Writer {
    Written load(HandlerContext context, String summary, Network network) throws IOException;
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
   * @param pictures the shape that it will be asked about most, [N, height, width, 3]: its weights
   *     are ordered for that
   * @throws dev.sconce.error.ServingException {@code INVALID_MODEL} if the precision cannot be had,
   *     {@code OUT_OF_MEMORY} if the device has no room
   */
  Written load(HandlerContext context, String summary, Network network, Shape pictures)
      throws IOException {
    Device device = context.device();
    Precision precision =
        PrecisionSetting.of(context.settings(), device, ProcessorFeatures.ofThisMachine());
    boolean oneDnn = !device.isGpu() && engine.hasOneDnn();
    OperatorSet operators = oneDnn ? OperatorSet.ONEDNN : OperatorSet.ATEN;
    TorchModule module = load(network, precision, operators, device);
    if (oneDnn) {
      pack(module, pictures);
    }
    return new Written(module, facts(summary, precision));
  }

  /**
   * As {@link #load}, with operators that can be differentiated, and in fp32 whatever the
   * configuration says: between two steps of an explanation there is little more than bf16 rounds
   * away.
   *
   * @throws dev.sconce.error.ServingException {@code OUT_OF_MEMORY} if the device has no room
   */
  Written loadDifferentiable(HandlerContext context, String summary, Network network)
      throws IOException {
    TorchModule module = load(network, Precision.FP32, OperatorSet.ATEN, context.device());
    return new Written(module, facts(summary, Precision.FP32));
  }

  /** Before anybody else knows of the module, whose weights change their places. */
  private static void pack(TorchModule module, Shape pictures) {
    try {
      NDList unused =
          module.compute(scope -> module.run(OperatorSet.PACK, scope, scope.zeros(pictures)));
    } catch (EngineException e) {
      // The handler, which tries such pictures, says so; the weights do in either order.
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }

  private static Map<String, Object> facts(String summary, Precision precision) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("network", summary);
    facts.put("precision", precision.name().toLowerCase(Locale.ROOT));
    return facts;
  }

  private TorchModule load(
      Network network, Precision precision, OperatorSet operators, Device device)
      throws IOException {
    Path file = Files.createTempFile("sconce-network-", ".pt");
    try {
      network.write(file, precision, operators);
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
