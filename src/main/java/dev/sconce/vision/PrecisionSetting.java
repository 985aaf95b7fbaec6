package dev.sconce.vision;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Device;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.network.Precision;
import dev.sconce.torch.ProcessorFeatures;

/** {@code precision} of {@code model-config.yaml}: {@code fp32}, the default, or {@code bf16}. */
final class PrecisionSetting {
  private static final String KEY = "precision";

  private PrecisionSetting() {}

  /**
   * Reads it.
   *
   * @param processor of this machine
   * @throws ServingException {@code INVALID_MODEL} if it is another word, or if {@code bf16} is
   *     asked of a processor that would only imitate it, naming what the processor lacks
   */
  static Precision of(HandlerSettings settings, Device device, ProcessorFeatures processor) {
    String wanted = settings.text(KEY).orElse("fp32");
    switch (wanted) {
      case "fp32" -> {
        return Precision.FP32;
      }
      case "bf16" -> {
        if (!device.isGpu()) {
          requireFast(processor);
        }
        return Precision.BF16;
      }
      default -> throw settings.fault(KEY, "fp32 or bf16");
    }
  }

  private static void requireFast(ProcessorFeatures processor) {
    processor
        .missingForBf16()
        .ifPresent(
            missing -> {
              throw new ServingException(
                  ErrorCode.INVALID_MODEL,
                  "model-config.yaml: precision: bf16: this processor has no "
                      + missing
                      + " and would be slower with it (expected: precision: fp32)");
            });
  }
}
