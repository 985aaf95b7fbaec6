package dev.sconce.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SystemMetricsTest {
  /** What psutil 5.9.8, TorchServe's, says of the same file. */
  @Test
  void memoryIsReckonedAsPsutilDoes() throws Exception {
    MachineMemory memory =
        MachineMemory.of(Files.readAllLines(Path.of("src/test/resources/metrics/psutil/meminfo")));
    assertThat(memory).isEqualTo(new MachineMemory(25236922368L, 3945885696L, 20449701888L));
    assertThat(memory.utilization()).isBetween(0.1895, 0.1905);
  }

  @Test
  void aGpuIsReadFromItsLine() {
    assertThat(GpuReading.of("0, 35, 1024, 81559"))
        .containsExactly(new GpuReading("0", 35, 1024, 81559));
    assertThat(GpuReading.of("0, [N/A], 1024, 81559")).isEmpty();
    assertThat(GpuReading.of("NVIDIA-SMI has failed")).isEmpty();
  }

  @Test
  void familiesHaveValuesOnlyOnceTheSystemIsLookedAt() {
    MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, Clock.systemUTC());
    try (SystemMetrics system = new SystemMetrics(registry, "here")) {
      assertThat(registry.text(Set.of()))
          .contains("# TYPE GPUMemoryUsed gauge", "# TYPE MemoryUsed gauge")
          .doesNotContain("{");
      system.start(Duration.ofHours(1));
      while (!registry.text(Set.of()).contains("DiskUtilization{")) {
        Thread.onSpinWait();
      }
      // Once more: a text may have been begun before the last value was there.
      assertThat(registry.text(Set.of()))
          .containsPattern("MemoryUsed\\{Level=\"Host\",Hostname=\"here\",} [1-9]")
          .containsPattern("MemoryUtilization\\{Level=\"Host\",Hostname=\"here\",} \\d+\\.\\d\n")
          .containsPattern("DiskAvailable\\{Level=\"Host\",Hostname=\"here\",} \\d");
    }
  }
}
