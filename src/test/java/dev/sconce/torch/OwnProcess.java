package dev.sconce.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs programs in processes of their own, for libtorch counts cores once in each. */
public final class OwnProcess {
  private OwnProcess() {}

  /**
   * What a program says last.
   *
   * @param cores as many as Java is told that there are
   * @param environment besides the usual one, which says nothing of threads
   */
  public static String lastLine(
      int cores, Map<String, String> environment, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ActiveProcessorCount=" + cores,
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS"));
    builder.environment().putAll(environment);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    List<String> lines = said.lines().toList();
    return lines.get(lines.size() - 1);
  }

  /** With how many threads a forward of this thread would compute now. */
  public static int threadsHere(TorchEngine engine) {
    return engine.cores().compute(JniUtils::getNumThreads);
  }
}
