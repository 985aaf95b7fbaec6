package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.http.RawClient;
import dev.sconce.http.RawClient.Reply;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Asks {@code server} what TorchServe 0.12.0 was asked, through sockets, byte for byte as curl. */
record ContractReplay(RunningServer server) {
  private static final int INFERENCE = 9080;

  /** Asks for a capture and compares the answers. */
  void check(String capture) throws Exception {
    check(capture, ask(capture));
  }

  /** Compares an answer with a capture's. */
  void check(String capture, Reply ours) throws Exception {
    check(capture, TorchServeAnswer.reply(capture), ours);
  }

  /** Compares an answer with what TorchServe would have answered. */
  void check(String capture, Reply theirs, Reply ours) throws Exception {
    new ContractComparison(capture, theirs, ours, ContractDifferences.of(capture)).check();
  }

  /** What is answered to a capture's command. */
  Reply ask(String capture) throws Exception {
    return curl(TorchServeAnswer.command(capture));
  }

  /** What will be answered to a capture's command. */
  CompletableFuture<Reply> askLater(String capture) {
    return later(() -> ask(capture));
  }

  /** What will be answered to a command. */
  CompletableFuture<Reply> curlLater(String command) {
    return later(() -> curl(command));
  }

  private static CompletableFuture<Reply> later(Callable<Reply> asking) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                reply.complete(asking.call());
              } catch (Exception e) {
                reply.completeExceptionally(e);
              }
            },
            "contract-client");
    thread.start();
    return reply;
  }

  /** What is answered to a command, whose ports are those of the captures. */
  Reply curl(String line) throws Exception {
    CurlCommand command = CurlCommand.parse(line, ContractStore::sent);
    try (RawClient client = connect(command.port() - INFERENCE)) {
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

  /** A client of the inference API (0), the management API (1) or the metrics (2). */
  RawClient connect(int listener) throws Exception {
    return new RawClient(server.address(listener));
  }

  /** Asks the management API for what a capture presumes. */
  void manage(String method, String path) throws Exception {
    HttpResponse<String> answer = server.manage(method, path);
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
  }
}
