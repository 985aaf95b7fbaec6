package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.http.RawClient;
import dev.sconce.http.RawClient.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What TorchServe 0.12.0 answered to what no HTTP client sends by itself. */
class ContractSocketsTest {
  @TempDir private static Path directory;
  private static RunningServer server;
  private static ContractReplay replay;

  @BeforeAll
  static void start() throws Exception {
    Path store = Files.createDirectory(directory.resolve("store"));
    server = new RunningServer(directory, store, List.of());
    replay = new ContractReplay(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({"0, NONSENSE", "0, GET /ping HTTP/x.y", "1, GET /models", "2, GET"})
  void whatIsNotHttpIsRefusedInTorchServesWords(int listener, String line) throws Exception {
    try (RawClient client = replay.connect(listener)) {
      Reply reply = client.send(bytes(line + "\r\n\r\n")).reply();
      replay.check("malformed_http", reply);
      assertThat(reply.header("connection")).isEqualTo("close");
    }
  }

  @ParameterizedTest
  @CsvSource({"0, /predictions/", "1, /models?url=", "2, /metrics?name[]="})
  void anOverlongUriIsRefusedInTorchServesWords(int listener, String start) throws Exception {
    String line = "GET " + start + "a".repeat(5000) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    try (RawClient client = replay.connect(listener)) {
      replay.check("uri_too_long", client.send(bytes(line)).reply());
    }
  }

  @Test
  void anAnnouncedBodyThatIsTooLargeIsRefusedBeforeItComes() throws Exception {
    String command = TorchServeAnswer.command("too_large_noexpect");
    CurlCommand curl = CurlCommand.parse(command, ContractStore::sent);
    assertThat(curl.expectsContinue()).isFalse();
    try (RawClient client = replay.connect(0)) {
      replay.check("too_large_noexpect", client.send(bytes(curl.head())).reply());
    }
  }

  @Test
  void requestsThatComeTogetherAreAllAnswered() throws Exception {
    String unknown = "GET /unknown HTTP/1.1\r\nHost: a\r\n\r\n";
    try (RawClient client = replay.connect(1)) {
      client.send(bytes(unknown + unknown));
      replay.check("pipelined_two_requests_mgmt", client.reply());
      replay.check("pipelined_two_requests_mgmt", client.reply());
    }
  }
}
