package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.logs.LogLines;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class TlsTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String LAST_GET = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  private static HttpClient client(String protocol, TlsIdentity trusted) {
    SSLContext context = TlsFixtures.trusting(trusted);
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setProtocols(new String[] {protocol});
    return HttpClient.newBuilder().sslContext(context).sslParameters(parameters).build();
  }

  private static HttpRequest.Builder request(TestServer server, String host) {
    return HttpRequest.newBuilder(
        URI.create("https://" + host + ":" + server.address().getPort() + "/a"));
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2, localhost", "TLSv1.3, localhost", "TLSv1.3, 127.0.0.1"})
  void theJdksClientChecksTheNameAndIsServed(String protocol, String host) throws Exception {
    HttpClient client = client(protocol, TlsFixtures.SELF_SIGNED);
    try (TestServer server = TlsFixtures.server(TlsFixtures::path)) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> response =
            client.send(request(server, host).build(), BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo("/a");
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(response.sslSession().map(SSLSession::getProtocol)).hasValue(protocol);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rsa.pem, rsa_pkcs8.key",
    "ec.pem, ec_sec1.key",
    "ed25519.pem, ed25519.key",
  })
  void everyKindOfKeyServes(String certificates, String key) throws Exception {
    TlsIdentity identity = TlsFixtures.pem(certificates, key);
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      try (TestServer server =
          TlsFixtures.server(HttpSettings.defaults(), identity, TlsFixtures::path)) {
        HttpResponse<String> response =
            client(protocol, identity)
                .send(request(server, "localhost").build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void theWholeChainIsShown() throws Exception {
    TlsIdentity identity = TlsFixtures.pem("chain.pem", "rsa_pkcs8.key");
    SSLContext trusting =
        TlsFixtures.trusting(TlsIdentity.certificates(TlsFixtures.file("ca.pem")).get(0));
    try (TestServer server =
        TlsFixtures.server(HttpSettings.defaults(), identity, TlsFixtures::path)) {
      HttpResponse<String> response =
          HttpClient.newBuilder()
              .sslContext(trusting)
              .build()
              .send(request(server, "localhost").build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"})
  void theTwoCipherSuitesOfTorchServeAreSpoken(String suite) throws IOException {
    SSLContext context = TlsFixtures.trusting(TlsFixtures.SELF_SIGNED);
    SSLParameters parameters = new SSLParameters(new String[] {suite}, new String[] {"TLSv1.2"});
    try (TestServer server = TlsFixtures.server(TlsFixtures::path);
        TlsClient client = new TlsClient(server.address(), context, parameters)) {
      assertThat(client.session().getCipherSuite()).isEqualTo(suite);
      assertThat(client.send(LAST_GET).toEnd()).endsWith("\r\n\r\n/a");
    }
  }

  @ParameterizedTest
  @CsvSource({"'h2,http/1.1', http/1.1", "h2, ''"})
  void http11IsWhatIsSpokenWhateverElseAClientOffers(String offered, String chosen)
      throws IOException {
    SSLContext context = TlsFixtures.trusting(TlsFixtures.SELF_SIGNED);
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setApplicationProtocols(offered.split(","));
    try (TestServer server = TlsFixtures.server(TlsFixtures::path);
        TlsClient client = new TlsClient(server.address(), context, parameters)) {
      assertThat(client.applicationProtocol()).isEqualTo(chosen);
    }
  }

  private static byte[] bytes(Request request) {
    ByteBuffer content = ((Body.Raw) request.body()).content();
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return bytes;
  }

  @Test
  void largeBodiesAndAnswersComeWhole() throws Exception {
    byte[] body = new byte[6_000_000];
    IntStream.range(0, body.length).forEach(i -> body[i] = (byte) (i * 31));
    Endpoint echo =
        request -> CompletableFuture.completedFuture(Response.of(200, "a/b", bytes(request)));
    try (TestServer server = TlsFixtures.server(echo)) {
      HttpRequest request =
          request(server, "localhost").POST(BodyPublishers.ofByteArray(body)).build();
      HttpResponse<byte[]> response =
          client("TLSv1.3", TlsFixtures.SELF_SIGNED).send(request, BodyHandlers.ofByteArray());
      assertThat(response.body()).isEqualTo(body);
    }
  }

  @Test
  void plainHttpIsRefusedInTorchServesWords() throws IOException {
    try (TestServer server = TlsFixtures.server(TlsFixtures::path);
        RawClient client = server.connect()) {
      RawClient.Reply reply = client.send(GET).reply();
      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.header("content-type")).isEqualTo("application/json");
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(reply.header("content-length")).isEqualTo("71");
      assertThat(reply.body())
          .isEqualTo(
              "{\n  \"status\": \"This TorchServe instance only accepts HTTPS requests\"\n}\n");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aFailedHandshakeIsOneQuietLineAndOthersAreServed() throws Exception {
    try (LogLines log = new LogLines(TlsWatch.class);
        TestServer server = TlsFixtures.server(TlsFixtures::path)) {
      try (RawClient garbage = server.connect()) {
        garbage.send(new byte[] {0x16, 3, 1, 0, 4, 9, 9, 9, 9});
        garbage.bytesToEnd();
      }
      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0)).startsWith("INFO TLS with /127.0.0.1:").contains(" failed: ");
      SSLContext distrusting = TlsFixtures.trusting(TlsFixtures.pem("ec.pem", "ec_sec1.key"));
      assertThatThrownBy(
              () ->
                  new TlsClient(
                      server.address(), distrusting, distrusting.getDefaultSSLParameters()))
          .isInstanceOf(IOException.class);
      try (TlsClient client = TlsClient.with(server, "TLSv1.3")) {
        assertThat(client.send(LAST_GET).toEnd()).endsWith("/a");
      }
    }
  }

  @Test
  void oldProtocolsAreNotSpoken() throws Exception {
    try (TestServer server = TlsFixtures.server(TlsFixtures::path);
        RawClient client = server.connect()) {
      // A hello of TLS 1.0 that offers TLS_RSA_WITH_AES_128_CBC_SHA and nothing else.
      byte[] hello = new byte[5 + 4 + 2 + 32 + 1 + 2 + 2 + 2];
      ByteBuffer out = ByteBuffer.wrap(hello);
      out.put((byte) 0x16).putShort((short) 0x0301).putShort((short) (hello.length - 5));
      out.put((byte) 1).put((byte) 0).putShort((short) (hello.length - 9)).putShort((short) 0x0301);
      out.position(out.position() + 32).put((byte) 0).putShort((short) 2).putShort((short) 0x002F);
      out.put((byte) 1).put((byte) 0);
      String answer = client.send(hello).toEnd();
      assertThat(answer.charAt(0)).isEqualTo((char) 0x15); // an alert
      assertThat(answer.charAt(6)).isEqualTo((char) 70); // protocol_version
    }
  }

  @Test
  void anExpiredCertificateServesWithAWarning() throws Exception {
    TlsIdentity expired = TlsFixtures.pem("expired.pem", "rsa_pkcs8.key");
    try (LogLines log = new LogLines(HttpServer.class);
        TestServer server =
            TlsFixtures.server(HttpSettings.defaults(), expired, TlsFixtures::path)) {
      assertThat(server.address().getPort()).isPositive();
      assertThat(log.lines())
          .containsExactly(
              "WARN TLS: the certificate of CN=expired test expired on 2021-01-01T00:00:00Z");
    }
  }
}
