package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Device;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.network.Precision;
import dev.sconce.torch.ProcessorFeatures;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PrecisionSettingTest {
  private static final ProcessorFeatures FAST =
      new ProcessorFeatures("amd64", Set.of("avx512_bf16"));
  private static final ProcessorFeatures SLOW = new ProcessorFeatures("amd64", Set.of("avx2"));

  private static Precision read(
      Map<String, Object> settings, Device device, ProcessorFeatures cpu) {
    return PrecisionSetting.of(new HandlerSettings(settings), device, cpu);
  }

  @Test
  void fp32IsTheDefaultOnEveryProcessor() {
    assertThat(read(Map.of(), Device.CPU, SLOW)).isEqualTo(Precision.FP32);
    assertThat(read(Map.of("precision", "fp32"), Device.CPU, FAST)).isEqualTo(Precision.FP32);
  }

  @Test
  void bf16IsForProcessorsThatAreFastWithItAndForGpus() {
    Map<String, Object> bf16 = Map.of("precision", "bf16");

    assertThat(read(bf16, Device.CPU, FAST)).isEqualTo(Precision.BF16);
    assertThat(read(bf16, Device.cuda(0), SLOW)).isEqualTo(Precision.BF16);
    assertThatThrownBy(() -> read(bf16, Device.CPU, SLOW))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessage(
            "model-config.yaml: precision: bf16: this processor has no amx_bf16 or avx512_bf16 and"
                + " would be slower with it (expected: precision: fp32)");
  }

  @Test
  void otherWordsAreRefused() {
    assertThatThrownBy(() -> read(Map.of("precision", "fp16"), Device.CPU, FAST))
        .hasMessage("model-config.yaml: precision: fp16 (expected: fp32 or bf16)");
  }
}
