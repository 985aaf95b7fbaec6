package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code torchserve} as its users call it: each call is a process of its own. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class BackgroundTest {
  private static final Pattern ADDRESS = Pattern.compile("Listening on \\[(http://[^,]*),");

  private final Path directory;
  private final Path temporary;
  private final Path pidFile;

  BackgroundTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.temporary = Files.createDirectory(directory.resolve("tmp"));
    this.pidFile = temporary.resolve(".model_server.pid");
    Files.createDirectory(directory.resolve("store"));
    Files.writeString(
        directory.resolve("config.properties"),
        """
        inference_address=http://127.0.0.1:0
        management_address=http://127.0.0.1:0
        enable_metrics_api=false
        """);
  }

  /** What a call printed, and its exit code. */
  private record Run(int exit, String out) {}

  private Run torchserve(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("torchserve"));
    command.addAll(List.of(arguments));
    try (ServerProcess process = new ServerProcess(directory, Map.of(), command)) {
      int exit = process.exitCode();
      return new Run(exit, process.said());
    }
  }

  @AfterEach
  void endWhatRuns() {
    new PidFile(temporary).server().ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void aServerInTheBackgroundIsReachedAloneAndStopped() throws Exception {
    Run start = torchserve("--start", "--ncs", "--model-store", "store", "--dt");
    assertThat(start.exit()).describedAs(start.out()).isZero();
    String pid = Files.readString(pidFile);
    assertThat(start.out())
        .contains("Model server started.\n")
        .endsWith("The server runs in the background as process " + pid + ".\n");
    HttpRequest ping = HttpRequest.newBuilder(URI.create(address() + "/ping")).build();
    assertThat(HttpClient.newHttpClient().send(ping, BodyHandlers.ofString()).body())
        .contains("Healthy");

    Run second = torchserve("--start", "--ncs", "--model-store", "store");
    assertThat(second.exit()).isEqualTo(1);
    assertThat(second.out())
        .startsWith(
            "TorchServe is already running, please use torchserve --stop to stop TorchServe.\n");
    assertThat(Files.readString(pidFile)).isEqualTo(pid);

    ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    assertThat(torchserve("--stop")).isEqualTo(new Run(0, "TorchServe has stopped.\n"));
    assertThat(server.isAlive()).isFalse();
    assertThat(pidFile).doesNotExist();
  }

  /** As the log has it, which is written on a thread of its own. */
  private String address() throws IOException {
    Path log = directory.resolve("logs").resolve("ts_log.log");
    while (true) {
      Matcher address = ADDRESS.matcher(Files.exists(log) ? Files.readString(log) : "");
      if (address.find()) {
        return address.group(1);
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void aServerThatCannotStartSaysWhyAndLeavesNoPidFile() throws Exception {
    Files.writeString(
        directory.resolve("wrong.properties"), "job_queue_size=0\nmax_request_size=0\n");
    Run wrong =
        torchserve("--start", "--ncs", "--model-store", "store", "--ts-config", "wrong.properties");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.out())
        .contains(
            "torchserve: the configuration has 2 faults:\n",
            "job_queue_size: 0 (expected: a whole number >= 1)\n");
    assertThat(pidFile).doesNotExist();

    Run noStore = torchserve("--start", "--foreground", "--ncs");
    assertThat(noStore.exit()).isEqualTo(1);
    assertThat(noStore.out()).endsWith("torchserve: Missing mandatory parameter --model-store\n");
  }

  @Test
  void withoutAServerStopSaysSo() throws Exception {
    Files.writeString(pidFile, Long.toString(ProcessHandle.current().pid()));
    Files.setLastModifiedTime(pidFile, FileTime.from(Instant.EPOCH));
    assertThat(torchserve("--stop"))
        .isEqualTo(new Run(0, "TorchServe is not currently running.\n"));
  }
}
