package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
  private final Path file;
  private final PidFile pidFile;

  PidFileTest(@TempDir Path directory) {
    this.file = directory.resolve(".model_server.pid");
    this.pidFile = new PidFile(directory);
  }

  /** A process that has been there longer than any file of this test. */
  private static ProcessHandle other() {
    return ProcessHandle.current().parent().orElseThrow();
  }

  @Test
  void aProcessThatWasThereWhenTheFileWasWrittenIsTheServer() throws IOException {
    assertThat(pidFile.server()).isEmpty();
    Files.writeString(file, other().pid() + "\n");
    assertThat(pidFile.server()).hasValue(other());
  }

  @Test
  void aProcessThatStartedLaterIsNot() throws IOException {
    Files.writeString(file, Long.toString(other().pid()));
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    assertThat(pidFile.server()).isEmpty();
  }

  @Test
  void neitherIsThisProcessNorWhatIsNoNumber() throws IOException {
    pidFile.write();
    assertThat(file).hasContent(Long.toString(ProcessHandle.current().pid()));
    assertThat(pidFile.server()).isEmpty();
    Files.writeString(file, "what is this?");
    assertThat(pidFile.server()).isEmpty();
  }

  @Test
  void onlyTheFileOfTheSameProcessIsRemoved() {
    pidFile.write();
    pidFile.remove(other());
    assertThat(file).exists();
    pidFile.remove(ProcessHandle.current());
    assertThat(file).doesNotExist();
  }
}
