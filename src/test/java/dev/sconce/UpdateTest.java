package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model's version is exchanged while its clients go on asking. */
class UpdateTest {
  private static final int CLIENTS = 8;

  /** Answers that are waited for between two steps of the update. */
  private static final int BETWEEN = 50;

  private static final int UPDATES = 3;

  @TempDir Path directory;
  private final AtomicBoolean enough = new AtomicBoolean();
  private final Semaphore answered = new Semaphore(0);
  private final Map<String, Integer> answers = new ConcurrentHashMap<>();

  @Test
  void noRequestFailsWhileOneVersionTakesTheOthersPlace() throws Exception {
    Path store = Files.createDirectory(directory.resolve("store"));
    ContractStore.fill(store);
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (RunningServer server = new RunningServer(directory, store, List.of())) {
      manage(server, "POST", "/models?initial_workers=2&batch_size=4&url=noop_v1.0.mar");
      List<Future<?>> asking = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        asking.add(clients.submit(() -> ask(server)));
      }
      for (int i = 0; i < UPDATES; i++) {
        replace(server, "1.0", "2.0");
        replace(server, "2.0", "1.0");
      }
      enough.set(true);
      for (Future<?> client : asking) {
        client.get();
      }
    } finally {
      enough.set(true);
      clients.shutdownNow();
    }
    assertThat(answers).containsOnlyKeys("200");
  }

  private void replace(RunningServer server, String old, String next) throws Exception {
    answered.acquire(BETWEEN);
    manage(server, "POST", "/models?initial_workers=2&url=noop_v" + next + ".mar");
    answered.acquire(BETWEEN);
    manage(server, "PUT", "/models/noop/" + next + "/set-default");
    manage(server, "DELETE", "/models/noop/" + old);
    answered.acquire(BETWEEN);
  }

  /** Asks without pause until told to stop. */
  private Void ask(RunningServer server) throws Exception {
    byte[] body = "x".getBytes(StandardCharsets.UTF_8);
    while (!enough.get()) {
      HttpResponse<String> answer = server.send(server.predictRequest("noop", "text/plain", body));
      String seen = answer.statusCode() == 200 ? "200" : answer.statusCode() + answer.body();
      int unused = answers.merge(seen, 1, Integer::sum);
      answered.release();
    }
    return null;
  }

  private static void manage(RunningServer server, String method, String path) throws Exception {
    HttpResponse<String> answer = server.manage(method, path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }
}
