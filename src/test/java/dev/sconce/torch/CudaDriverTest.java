package dev.sconce.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Platform;
import org.junit.jupiter.api.Test;

final class CudaDriverTest {
  @Test
  void aMachineWithoutTheDriverHasNoGpuAndTheReportSaysWhatIsMissing() {
    CudaDriver driver = CudaDriver.probe("libno-such-driver.so.1");

    assertThat(driver.present()).isFalse();
    assertThat(driver.gpus()).isZero();
    assertThat(driver.report()).contains("no NVIDIA driver", "libno-such-driver.so.1");
  }

  @Test
  void aLibraryThatIsNoDriverIsNotTakenForOne() {
    CudaDriver driver = CudaDriver.probe(Platform.C_LIBRARY_NAME);

    assertThat(driver.present()).isFalse();
    assertThat(driver.report()).contains("no NVIDIA driver");
  }
}
