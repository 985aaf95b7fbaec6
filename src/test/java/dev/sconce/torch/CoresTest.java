package dev.sconce.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class CoresTest {
  @Test
  void aForwardUsesTheCoresThatTheProcessMayUse() throws Exception {
    assertThat(threads("none", Map.of())).isEqualTo("1");
  }

  @Test
  void aForwardUsesAsManyThreadsAsItIsTold() throws Exception {
    assertThat(threads("2", Map.of())).isEqualTo("2");
  }

  @Test
  void aForwardUsesAsManyThreadsAsTheEnvironmentTells() throws Exception {
    assertThat(threads("none", Map.of("OMP_NUM_THREADS", "2"))).isEqualTo("2");
  }

  /** Where there is one core. */
  private static String threads(String told, Map<String, String> environment) throws Exception {
    return OwnProcess.lastLine(1, environment, Threads.class, told);
  }

  /** Starts libtorch and says how many threads a forward may use. */
  static final class Threads {
    private Threads() {}

    public static void main(String[] told) {
      OptionalInt threads =
          told[0].equals("none") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(told[0]));
      TorchEngine engine = TorchEngine.start(new EngineSettings(threads, OptionalInt.of(0)));
      System.out.println(OwnProcess.threadsHere(engine));
    }
  }
}
