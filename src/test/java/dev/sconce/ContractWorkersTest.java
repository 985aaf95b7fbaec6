package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.Echo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sconce.http.RawClient.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What TorchServe 0.12.0 answered while workers were busy, hung or died. */
class ContractWorkersTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREDICT = "curl -s -i -X POST http://127.0.0.1:9080/predictions/";

  @TempDir private Path directory;
  private final BlockingQueue<CountDownLatch> held = new LinkedBlockingQueue<>();
  private RunningServer server;
  private ContractReplay replay;

  @BeforeEach
  void start() throws Exception {
    System.getProperties().put(Echo.HELD, held);
    Path store = Files.createDirectory(directory.resolve("store"));
    ContractStore.fill(store);
    server = new RunningServer(directory, store, List.of());
    replay = new ContractReplay(server);
  }

  @AfterEach
  void stop() {
    server.close();
    System.getProperties().remove(Echo.HELD);
  }

  /** What a request is answered once those that sleep wake up. */
  private static void assertSlept(CompletableFuture<Reply> sleeping) {
    Reply reply = sleeping.join();
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("plain string");
  }

  @Test
  void requestsOfABatchTellAHandlerWhatTheyToldTorchServes() throws Exception {
    replay.manage("POST", "/models?url=echo_batch.mar&max_batch_delay=60000");
    List<CompletableFuture<Reply>> answers = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      String sent = " -H Content-Type:\\ text/plain --data-binary r" + i;
      answers.add(replay.curlLater(PREDICT + "echo_batch" + sent));
    }
    Set<Integer> places = new TreeSet<>();
    for (String capture :
        List.of("batch_member_1", "batch_member_2", "batch_member_3", "batch_member_4")) {
      JsonNode theirs = JSON.readTree(TorchServeAnswer.text(capture));
      JsonNode ours = JSON.readTree(answers.remove(0).join().body());
      places.add(ours.get("batch_index").intValue());
      assertThat(ours.get("request_id").textValue()).hasSize(36);
      for (JsonNode told : List.of(theirs, ours)) {
        ((ObjectNode) told).remove(List.of("batch_index", "request_id"));
      }
      assertThat(ours).isEqualTo(theirs);
    }
    assertThat(places).containsExactly(0, 1, 2, 3);
  }

  @Test
  void aFullQueueIsAnAnswerThatSaysSo() throws Exception {
    replay.manage("POST", "/models?url=echo_batch.mar");
    List<CompletableFuture<Reply>> answers = new ArrayList<>();
    answers.add(replay.curlLater(PREDICT + "echo_batch -F mode=sleep"));
    CountDownLatch wake = held.take();
    for (int i = 0; i < 5; i++) {
      answers.add(replay.askLater("queue_full"));
    }
    while (pending("echo_batch") < 5) {
      Thread.onSpinWait();
    }
    Reply reply = replay.ask("queue_full");
    replay.check("queue_full", reply);
    assertThat(reply.header("retry-after")).isEqualTo("1");
    wake.countDown();
    answers.forEach(ContractWorkersTest::assertSlept);
  }

  @Test
  void whoNamesAVersionWithoutWorkersIsToldWhich() throws Exception {
    replay.manage("POST", "/models?url=echo.mar");
    assertThat(replay.curl(PREDICT + "echo/1.0").body())
        .contains("\"Model \\\"echo\\\" Version 1.0 has no worker to serve inference request. ");
    assertThat(replay.curl(PREDICT + "echo").body())
        .contains("\"Model \\\"echo\\\" has no worker to serve inference request. ");
  }

  private int pending(String model) throws Exception {
    JsonNode described = RunningServer.json(server.manage("GET", "/models/" + model));
    return described.at("/0/jobQueueStatus/pendingRequests").intValue();
  }

  private void registerEcho2() throws Exception {
    replay.manage(
        "POST", "/models?url=echo.mar&model_name=echo2&initial_workers=1&response_timeout=2");
  }

  @Test
  void aWorkerThatDiesSaysSoAndAnotherTakesItsPlace() throws Exception {
    registerEcho2();
    replay.check("worker_dies");
    replay.check("pred_while_restarting");
    replay.check("describe_after_restart");
    replay.check("describe_after_death", whileDead("describe_after_death", "UNLOADING"));
    replay.check("ping_after_death", whileDead("ping_after_death", "Unhealthy"));
  }

  /** The answer with that text in it, which holds until the next worker comes. */
  private Reply whileDead(String capture, String text) throws Exception {
    while (true) {
      assertThat(replay.ask("worker_dies").status()).isEqualTo(500);
      for (int i = 0; i < 1000; i++) {
        Reply reply = replay.ask(capture);
        if (reply.body().contains(text)) {
          return reply;
        }
      }
    }
  }

  @Test
  void whoWaitedTooLongIsToldSoAndTheNextIsAnswered() throws Exception {
    registerEcho2();
    replay.check("response_timeout");
    replay.check("pred_after_timeout");
  }

  @Test
  void whoWaitedLongerThanTheModelAllowsIsToldSo() throws Exception {
    replay.manage("POST", "/models?url=echo_ct.mar&initial_workers=1");
    Reply reply = replay.ask("client_timeout_no_response"); // TorchServe sent nothing
    held.take().countDown();
    assertThat(reply.status()).isEqualTo(408);
    assertThat(reply.body()).contains("\"type\": \"RequestTimeoutException\"");
  }

  @Test
  void whatIsInWorkIsAnsweredWhenItsWorkerGoes() throws Exception {
    replay.manage("POST", "/models?url=echo.mar&initial_workers=2");
    CompletableFuture<Reply> answer = replay.askLater("inflight_during_scaledown");
    CountDownLatch wake = held.take();
    CompletableFuture<Reply> scaled = replay.askLater("scale_down_while_inflight");
    while (!server.manage("GET", "/models/echo").body().contains("\"minWorkers\": 1")) {
      Thread.onSpinWait();
    }
    wake.countDown();
    replay.check("inflight_during_scaledown", answer.join());
    assertThat(scaled.join().status()).isEqualTo(200);
  }

  @Test
  void whatIsInWorkIsAnsweredWhenItsModelGoes() throws Exception {
    replay.manage("POST", "/models?url=echo.mar&initial_workers=1");
    CompletableFuture<Reply> answer = replay.askLater("inflight_during_unregister");
    CountDownLatch wake = held.take();
    CompletableFuture<Reply> gone = replay.askLater("unregister_while_inflight");
    while (server.manage("GET", "/models/echo").statusCode() == 200) {
      Thread.onSpinWait();
    }
    wake.countDown();
    assertSlept(answer); // TorchServe sent nothing
    assertThat(gone.join().status()).isEqualTo(200);
  }
}
