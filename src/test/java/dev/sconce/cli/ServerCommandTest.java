package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ServerCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine command = ServerCommand.commandLine();
    return command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
  }

  @Test
  void theVersionIsFoundWhereScriptsLookForTorchServes() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("TorchServe Version is 0.12.0\n").contains("Sconce");
  }

  @Test
  void startAndStopExcludeEachOther() {
    assertThat(run("--start", "--stop")).isEqualTo(2);
    assertThat(err.toString()).contains("--start", "--stop", "mutually exclusive");
  }

  @Test
  void filesThatAreMissingAreNamedAsTheOriginalNamesThem() {
    assertThat(run("--start", "--foreground", "--model-store", "/no/store")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo("torchserve: --model-store directory not found: /no/store\n");
  }

  @Test
  void ofTheConfigurationOnlyTheFileThatIsReadHasToBeThere() {
    assertThat(run("--start", "--foreground", "--ncs", "--ts-config", "/no/file")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo("torchserve: /no/file cannot be read: there is no such file\n");
  }

  @Test
  void everyFlagOfTheOriginalIsTaken() {
    CommandLine command = ServerCommand.commandLine();
    command.parseArgs(
        ("--start --foreground --ts-config a --model-store b --workflow-store c --models d e=f"
                + " --log-config g --cpp-log-config h --no-config-snapshots --ncs --plugins-path i"
                + " --ppath j --disable-token-auth --dt --enable-model-api")
            .split(" "));
    assertThat(command.getParseResult().unmatched()).isEmpty();
  }
}
