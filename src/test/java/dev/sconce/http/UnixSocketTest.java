package dev.sconce.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class UnixSocketTest {
  @TempDir private Path directory;

  private Path socket() {
    return directory.resolve("http.sock");
  }

  private TestServer open(boolean nativeTransport) {
    return new TestServer(
        TestServer.oneLoop(nativeTransport),
        new Listener(
            UnixDomainSocketAddress.of(socket()),
            request -> TestServer.text(request.path() + " for " + request.remoteAddress())));
  }

  private String get(String path) throws IOException {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      client.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
      ByteBuffer answer = ByteBuffer.allocate(10_000);
      int count = 0;
      while (count >= 0) {
        count = client.read(answer);
      }
      return UTF_8.decode(answer.flip()).toString();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void requestsAreServedAndTheSocketGoesWithTheServer(boolean nativeTransport) throws Exception {
    try (TestServer server = open(nativeTransport)) {
      assertThat(server.listening()).hasToString("unix:" + socket());
      assertThat(get("/a")).startsWith("HTTP/1.1 200 OK").endsWith("/a for " + socket());
      assertThat(get("/b")).endsWith("/b for " + socket());
      assertThat(server.nextAccess()).isEqualTo("GET /a 200 0");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
          .isEqualTo("rw-rw----");
    }
    assertThat(socket()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAKilledServerLeftBehindIsReplaced(boolean nativeTransport) throws Exception {
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(socket()));
    }
    assertThat(socket()).exists();
    try (TestServer server = open(nativeTransport)) {
      assertThat(get("/a")).startsWith("HTTP/1.1 200 OK");
      assertThat(server.listening().tls()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSocketThatSomebodyListensOnIsLeftToIt(boolean nativeTransport) throws Exception {
    try (TestServer first = open(nativeTransport)) {
      assertThatThrownBy(() -> open(nativeTransport))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
          .hasMessage("cannot listen on unix:" + socket() + ": Address already in use");
      assertThat(get("/a")).startsWith("HTTP/1.1 200 OK");
      assertThat(first.listening()).hasToString("unix:" + socket());
    }
  }

  @Test
  void aFileThatIsNoSocketIsNotTouched() throws Exception {
    Files.writeString(socket(), "mine");
    assertThatThrownBy(() -> open(true))
        .isInstanceOf(ServingException.class)
        .hasMessage("cannot listen on unix:" + socket() + ": there is a file that is no socket");
    assertThat(socket()).hasContent("mine");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDirectoryThatIsNotThereIsNamed(boolean nativeTransport) {
    Path nowhere = directory.resolve("no/http.sock");
    Listener listener =
        new Listener(UnixDomainSocketAddress.of(nowhere), request -> TestServer.text(""));
    assertThatThrownBy(() -> new TestServer(TestServer.oneLoop(nativeTransport), listener))
        .isInstanceOf(ServingException.class)
        .hasMessageStartingWith("cannot listen on unix:" + nowhere + ": ")
        .hasMessageNotContaining("null");
  }
}
