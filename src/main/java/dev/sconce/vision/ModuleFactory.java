package dev.sconce.vision;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.Shape;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Device;
import dev.sconce.handler.HandlerContext;
import dev.sconce.image.PictureSize;
import dev.sconce.network.Methods;
import dev.sconce.network.OperatorSet;
import dev.sconce.network.Precision;
import dev.sconce.torch.NativeHeap;
import dev.sconce.torch.ProcessorFeatures;
import dev.sconce.torch.TorchEngine;
import dev.sconce.torch.TorchModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings networks into native memory. Safe from any thread. */
final class ModuleFactory {
  private static final Logger log = LoggerFactory.getLogger(ModuleFactory.class);

  private static final PictureSize USUAL_SIZE = new PictureSize(224, 224);

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
   * @param facts what to tell people of it: {@code network}, {@code precision}; {@code
   *     convolutionWeights}, if they were packed; {@code agreementWithFp32}, if it was compared
   */
  record Written(TorchModule module, Map<String, Object> facts) {}

  /**
   * Writes a network in the precision that the model's configuration asks for, with the operators
   * that suit the device, loads it, and deletes the file: once loaded, nothing of it is on disk any
   * more.
   *
   * @param summary what the network is
   * @param pictures of one request
   * @param size of the pictures, if all have one: the network's weights are ordered for that
   * @throws dev.sconce.error.ServingException {@code INVALID_MODEL} if the precision cannot be had,
   *     {@code OUT_OF_MEMORY} if the device has no room
   */
  Written load(
      HandlerContext context,
      String summary,
      Network network,
      int pictures,
      Optional<PictureSize> size)
      throws IOException {
    Device device = context.device();
    Precision precision =
        PrecisionSetting.of(context.settings(), device, ProcessorFeatures.ofThisMachine());
    boolean oneDnn = !device.isGpu() && engine.hasOneDnn();
    OperatorSet operators = oneDnn ? OperatorSet.ONEDNN : OperatorSet.ATEN;
    TorchModule module = load(network, precision, operators, device);
    Shape request = request(pictures, size.orElse(USUAL_SIZE));
    Map<String, Object> facts = facts(summary, precision);
    boolean done = false;
    try {
      if (oneDnn && size.isPresent()) {
        pack(module, request).ifPresent(packed -> facts.put("convolutionWeights", packed));
      }
      if (precision != Precision.FP32) {
        compare(module, () -> load(network, Precision.FP32, operators, device), summary, request)
            .ifPresent(agreement -> facts.put("agreementWithFp32", agreement));
      }
      NativeHeap.trim();
      done = true;
      return new Written(module, facts);
    } finally {
      if (!done) {
        module.close();
      }
    }
  }

  private static Shape request(int pictures, PictureSize size) {
    return new Shape(pictures, size.height(), size.width(), 3);
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
  private static Optional<String> pack(TorchModule module, Shape request) {
    try {
      return Optional.of(WeightPacking.pack(module, request));
    } catch (EngineException e) {
      // If it is the pictures, the handler, which tries them, says so.
      log.debug("weights are not packed: {}", TorchModule.reason(e));
      return Optional.empty();
    }
  }

  /** Loads what a module is compared with. */
  @FunctionalInterface
  interface Reference {
    TorchModule load() throws IOException;
  }

  /** Lower precision is the user's choice, and its price should be known; but it serves without. */
  static Optional<Map<String, Object>> compare(
      TorchModule module, Reference fp32, String summary, Shape request) throws IOException {
    try (TorchModule reference = fp32.load()) {
      Map<String, Object> agreement =
          Agreement.of(module, reference, Methods.FORWARD, request).describe();
      log.info("{}: bf16 beside fp32, of made-up pictures: {}", summary, agreement);
      return Optional.of(agreement);
    } catch (EngineException | ServingException e) {
      log.warn("{}: bf16 is not compared with fp32: {}", summary, e.getMessage());
      return Optional.empty();
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
