package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.config.ConfigLoader;
import dev.sconce.config.Overrides;
import dev.sconce.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SageMaker and Kubernetes send SIGKILL 30 seconds after SIGTERM. */
class ShutdownTimesTest {
  @TempDir Path root;

  @Test
  void inAContainerTheServerHasEndedBeforeItIsKilled() throws IOException {
    Files.createDirectories(root.resolve("model-store"));
    Files.writeString(root.resolve("model-store/a.mar"), "");
    ServerConfig config =
        new ConfigLoader(1 << 30, root, root, Map.of())
            .load(
                new Overrides(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(root),
                    Map.of()));
    Duration logsEnd = Duration.ofSeconds(1);
    assertThat(ModelServer.longestClose(config.http().drainTimeout()).plus(logsEnd))
        .isLessThan(Duration.ofSeconds(30));
  }
}
