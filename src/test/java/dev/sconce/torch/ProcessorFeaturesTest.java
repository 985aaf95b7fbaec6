package dev.sconce.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorFeaturesTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "amd64, amx_bf16, -",
        "amd64, avx512_bf16, -",
        "x86_64, avx512_bf16, -",
        "amd64, avx512f, amx_bf16 or avx512_bf16",
        "amd64, bf16, amx_bf16 or avx512_bf16",
        "aarch64, bf16, -",
        "aarch64, asimd, bf16",
        "riscv64, bf16, bfloat16 instructions that are known here"
      })
  void whatIsMissingForFastBfloat16IsNamed(String architecture, String flag, String missing) {
    ProcessorFeatures features = new ProcessorFeatures(architecture, Set.of("fpu", flag));

    assertThat(features.missingForBf16().orElse(null)).isEqualTo(missing);
  }

  @Test
  void thisMachinesArchitectureIsTheJvms() {
    assertThat(ProcessorFeatures.ofThisMachine().architecture())
        .isEqualTo(System.getProperty("os.arch"));
  }
}
