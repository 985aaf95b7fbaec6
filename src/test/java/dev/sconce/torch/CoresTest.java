package dev.sconce.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** In processes of their own, for libtorch counts cores once in each. */
class CoresTest {
  @Test
  void aForwardUsesTheCoresThatTheProcessMayUse() throws Exception {
    assertThat(threads("1", "none")).isEqualTo("1");
  }

  @Test
  void aForwardUsesAsManyThreadsAsItIsTold() throws Exception {
    assertThat(threads("1", "2")).isEqualTo("2");
  }

  private static String threads(String cores, String told) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:ActiveProcessorCount=" + cores,
            "-cp",
            System.getProperty("java.class.path"),
            Threads.class.getName(),
            told);
    builder.environment().keySet().removeAll(List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS"));
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    List<String> lines = said.lines().toList();
    return lines.get(lines.size() - 1);
  }

  /** Starts libtorch and says how many threads a forward may use. */
  static final class Threads {
    private Threads() {}

    public static void main(String[] told) {
      OptionalInt threads =
          told[0].equals("none") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(told[0]));
      TorchEngine engine = TorchEngine.start(new EngineSettings(threads, OptionalInt.of(0)));
      int used = engine.cores().compute(JniUtils::getNumThreads);
      System.out.println(used);
    }
  }
}
