package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sconce.ContractDifferences.Difference;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Asks what TorchServe 0.12.0 was asked, and holds the answers beside its own. Each list brings the
 * server into the states that its captures were taken in; a line that begins with a method asks the
 * management API for what they presume.
 */
class ContractTest {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> models() throws Exception {
    return replay(
        ContractScripts.MODELS,
        "default_workers_per_model=1",
        "disable_token_authorization=true",
        "allowed_urls=file://.*|http(s)?://.*"); // TorchServe's default
  }

  @TestFactory
  Stream<DynamicTest> workersAndTheKserveEnvelope() throws Exception {
    return replay(ContractScripts.KSERVE, "service_envelope=kserve");
  }

  @TestFactory
  Stream<DynamicTest> theEnvelopeBody() throws Exception {
    return replay(ContractScripts.BODY, "service_envelope=body");
  }

  @TestFactory
  Stream<DynamicTest> theEnvelopeJson() throws Exception {
    return replay(ContractScripts.JSON, "service_envelope=json");
  }

  @TestFactory
  Stream<DynamicTest> theModelApiSwitchedOff() throws Exception {
    return replay(
        ContractScripts.MODEL_API_OFF,
        "enable_model_api=false",
        "load_models=siamese.mar",
        "default_workers_per_model=1");
  }

  @TestFactory
  Stream<DynamicTest> everythingAtOneAddress() throws Exception {
    String address;
    try (ServerSocket free = new ServerSocket(0)) {
      address = "http://127.0.0.1:" + free.getLocalPort();
    }
    return replay(
        ContractScripts.ONE_ADDRESS,
        "inference_address=" + address,
        "management_address=" + address,
        "metrics_address=" + address,
        "default_workers_per_model=1",
        "load_models=echo.mar");
  }

  @TestFactory
  Stream<DynamicTest> modelsThatTheConfigurationDescribes() throws Exception {
    return replay(
        ContractScripts.CONFIGURED,
        "models={\"echo\": {\"1.0\": {\"minWorkers\": 2, \"maxWorkers\": 2, \"batchSize\": 3,"
            + " \"maxBatchDelay\": 40, \"responseTimeout\": 33}}}",
        "job_queue_size=7",
        "load_models=echo.mar");
  }

  @Test
  void everyCaptureIsReplayedHereOrInTheTestThatIsNamedOrSaysWhyNot() throws Exception {
    Set<String> captures;
    try (Stream<Path> files = Files.list(TorchServeAnswer.DIRECTORY)) {
      captures =
          files
              .map(file -> String.valueOf(file.getFileName()).replaceFirst("\\.txt$", ""))
              .collect(Collectors.toSet());
    }
    assertThat(captures).hasSize(300).containsAll(ContractDifferences.all().keySet());
    for (String capture : captures) {
      long places =
          ContractElsewhere.places(capture) + (ContractScripts.ALL.contains(capture) ? 1 : 0);
      assertThat(places).as(capture).isEqualTo(1);
    }
    ContractElsewhere.check(captures);
  }

  @Test
  void everyDifferenceStandsInTheReadme() throws Exception {
    String readme = Files.readString(Path.of("README.md"));
    Stream.concat(
            ContractDifferences.EVERYWHERE.stream(),
            ContractDifferences.all().values().stream().map(Difference::row))
        .forEach(row -> assertThat(readme).contains("\n| " + row));
  }

  private Stream<DynamicTest> replay(String script, String... lines) throws Exception {
    Path store = Files.createDirectory(directory.resolve("store"));
    ContractStore.fill(store);
    RunningServer server = new RunningServer(directory, store, List.of(), lines);
    ContractReplay replay = new ContractReplay(server);
    return script
        .lines()
        .map(line -> dynamicTest(line, () -> step(replay, line)))
        .onClose(server::close);
  }

  private static void step(ContractReplay replay, String line) throws Exception {
    if (line.contains(" ")) {
      String[] call = line.split(" ");
      replay.manage(call[0], call[1]);
    } else {
      replay.check(line);
    }
  }
}
