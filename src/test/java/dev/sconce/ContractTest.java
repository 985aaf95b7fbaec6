package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sconce.ContractDifferences.Difference;
import dev.sconce.http.RawClient;
import dev.sconce.http.RawClient.Reply;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

  @Test
  void everyCaptureIsReplayedOrSaysWhereItIsTested() throws Exception {
    try (Stream<Path> files = Files.list(TorchServeAnswer.DIRECTORY)) {
      List<String> missed =
          files
              .map(file -> String.valueOf(file.getFileName()).replace(".txt", ""))
              .filter(name -> ContractScripts.ALL.contains(name) == ContractElsewhere.has(name))
              .toList();
      assertThat(missed).as("in none of the lists, or in both").isEmpty();
    }
    assertThat(ContractScripts.ALL).containsAll(ContractDifferences.all().keySet());
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
    return script
        .lines()
        .map(line -> dynamicTest(line, () -> step(server, line)))
        .onClose(server::close);
  }

  private static void step(RunningServer server, String line) throws Exception {
    if (line.contains(" ")) {
      String[] call = line.split(" ");
      HttpResponse<String> answer = server.manage(call[0], call[1]);
      assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
      return;
    }
    TorchServeAnswer theirs = TorchServeAnswer.read(line);
    Reply ours = ask(server, CurlCommand.parse(theirs.command(), ContractStore::sent));
    Optional<Difference> difference = ContractDifferences.of(line);
    new ContractComparison(line, theirs.reply(), ours, difference).check();
  }

  private static Reply ask(RunningServer server, CurlCommand command) throws Exception {
    try (RawClient client = new RawClient(server.address(command.port() - 9080))) {
      client.send(command.head().getBytes(StandardCharsets.UTF_8));
      if (command.expectsContinue()) {
        Reply interim = client.replyWithoutBody();
        if (interim.status() != 100) {
          return interim; // the body is not wanted
        }
      }
      client.send(command.body().array());
      return command.isHead() ? client.replyWithoutBody() : client.reply();
    }
  }
}
