package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.http.RawClient.Reply;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What TorchServe 0.12.0 answered after starts: from a snapshot, and with a model that cannot. */
class ContractStartsTest {
  @TempDir private Path directory;
  private Path store;

  @BeforeEach
  void fill() throws Exception {
    store = Files.createDirectory(directory.resolve("store"));
    ContractStore.fill(store);
  }

  @Test
  void whatWasInServiceComesBackFromTheSnapshot() throws Exception {
    String models = "echo=echo.mar,resnet18.mar";
    try (RunningServer server = RunningServer.withSnapshots(directory, store, models)) {
      new ContractReplay(server).check("snap_register");
    }
    assertSnapshotsAreTorchServes();
    try (RunningServer server = RunningServer.withSnapshots(directory, store, "none")) {
      ContractReplay replay = new ContractReplay(server);
      replay.check("snap_restored_list");
      // TorchServe was asked while the worker loaded and had no process yet.
      Reply loading = TorchServeAnswer.reply("snap_restored_describe");
      String body = loading.body().replace("UNLOADING", "READY").replace("-1", "1");
      Reply theirs = new Reply(loading.statusLine(), loading.headers(), body);
      replay.check("snap_restored_describe", theirs, replay.ask("snap_restored_describe"));
    }
  }

  /** The same kinds of files in the same order, and the same models in the last of them. */
  private void assertSnapshotsAreTorchServes() throws Exception {
    String theirs = TorchServeAnswer.text("snapshot_files");
    List<Path> files;
    try (Stream<Path> all = Files.list(directory.resolve("config"))) {
      files = all.sorted().toList();
    }
    assertThat(files.stream().map(file -> kind(String.valueOf(file.getFileName()))))
        .containsExactly("-startup.cfg", "-snapshot.cfg", "-shutdown.cfg");
    for (Path file : files) {
      String kind = kind(String.valueOf(file.getFileName()));
      String begin = theirs.substring(theirs.indexOf("=== run/"));
      String expected =
          begin.substring(begin.indexOf('\n', begin.indexOf(kind + "\n")) + 1).split("\n===")[0];
      assertThat(models(Files.readString(file))).isEqualTo(models(expected));
    }
  }

  private static String kind(String name) {
    assertThat(name).matches("\\d{17}-\\w+\\.cfg");
    return name.substring(17);
  }

  /** The models of a snapshot as JSON, without its time, which its name has, too. */
  private static JsonNode models(String snapshot) throws Exception {
    Properties properties = new Properties();
    properties.load(new StringReader(snapshot));
    String json = Objects.requireNonNull(properties.getProperty("model_snapshot"));
    return new ObjectMapper().readTree(json.replaceAll("\\d{13,}", "0"));
  }

  @Test
  void aModelThatCannotStartLeavesTheOthersInService() throws Exception {
    try (RunningServer server =
        RunningServer.withFailing(
            directory,
            store,
            List.of("badinit.mar", "echo=echo.mar"),
            "default_workers_per_model=1")) {
      ContractReplay replay = new ContractReplay(server);
      for (String capture :
          List.of(
              "failing_startup_ping",
              "failing_startup_list",
              "failing_startup_describe",
              "failing_startup_predict")) {
        replay.check(capture);
      }
    }
  }
}
