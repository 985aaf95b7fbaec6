package dev.sconce.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {
  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new EngineSettings(OptionalInt.of(0), OptionalInt.empty()))
        .hasMessageContaining("intraOpThreads: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new EngineSettings(OptionalInt.empty(), OptionalInt.of(-1)))
        .hasMessageContaining("maxGpus: -1 (expected: >= 0)");
  }

  @Test
  void noGpuIsASettingLikeAnyOther() {
    assertThat(new EngineSettings(OptionalInt.of(1), OptionalInt.of(0)).maxGpus()).hasValue(0);
  }
}
