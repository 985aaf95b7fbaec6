package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.Asking;
import dev.sconce.torch.EngineSettings;
import dev.sconce.torch.OwnProcess;
import dev.sconce.torch.TorchEngine;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedCoresTest {
  @TempDir Path directory;

  @Test
  void workersShareTheCoresWhileTheyHaveRequests() throws Exception {
    assertThat(OwnProcess.lastLine(8, Map.of(), Server.class, directory.toString()))
        .isEqualTo("two at work: 4 and 4 threads, then one: 8");
  }

  /** A server with two workers, which say with how many threads a forward of theirs computes. */
  static final class Server {
    private final CyclicBarrier both = new CyclicBarrier(2);
    private final TorchEngine engine = TorchEngine.start(EngineSettings.DEFAULT);

    private Server() {}

    /** Needs one argument, an empty directory. */
    public static void main(String[] arguments) throws Exception {
      System.out.println(new Server().threads(Path.of(arguments[0])));
    }

    private String threads(Path directory) throws Exception {
      UnaryOperator<String> asked = text -> text.equals("both") ? together() : alone();
      System.getProperties().put(Asking.ASKED, asked);
      Path store = directory.resolve("store");
      ModelFolder.make(store, "asking", Asking.class, "minWorkers: 2\nmaxWorkers: 2");
      try (RunningServer server = new RunningServer(directory, store, List.of("asking"))) {
        CompletableFuture<String> first = answer(server, "both");
        CompletableFuture<String> second = answer(server, "both");
        String two = first.join() + " and " + second.join();
        scale(server, 0); // both have ended what they do after an answer
        scale(server, 1);
        String one = answer(server, "alone").join();
        return "two at work: %s threads, then one: %s".formatted(two, one);
      }
    }

    private static CompletableFuture<String> answer(RunningServer server, String text) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      return server
          .client()
          .sendAsync(server.predictRequest("asking", "text/plain", body), BodyHandlers.ofString())
          .thenApply(HttpResponse::body);
    }

    private static void scale(RunningServer server, int workers) throws Exception {
      String path = "/models/asking?synchronous=true&min_worker=%1$d&max_worker=%1$d";
      HttpResponse<String> answer = server.manage("PUT", path.formatted(workers));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** One forward after the other, while both have a request. */
    private String together() {
      meet();
      String threads = alone();
      meet();
      return threads;
    }

    private synchronized String alone() {
      return "" + OwnProcess.threadsHere(engine);
    }

    private void meet() {
      try {
        both.await(60, TimeUnit.SECONDS);
      } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
