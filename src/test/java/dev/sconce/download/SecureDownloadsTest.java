package dev.sconce.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sconce.error.ErrorCode;
import dev.sconce.http.TlsIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** What is downloaded over TLS, and signed. */
class SecureDownloadsTest extends DownloadServers {
  @Test
  void certificatesAreChecked() throws Exception {
    SSLContext context = context(TlsIdentity.selfSigned(Instant.now()));
    try (FileServer secure = secure(context)) {
      String url = "https://localhost:" + secure.port() + "/good/x.mar";
      assertFails(
          downloads(".*"),
          url,
          "TLS: unable to find valid certification path to requested target)");
      assertThat(secure.asked).isEmpty();
      assertThat(fetch(trusting(context), url)).isEqualTo(ARCHIVE);
    }
  }

  @Test
  void namesInCertificatesAreChecked() throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    char[] password = "changeit".toCharArray();
    try (InputStream in = Files.newInputStream(Path.of("src/test/resources/tls/keystore.p12"))) {
      keys.load(in, password);
    }
    SSLContext context =
        context(
            new TlsIdentity(
                (PrivateKey) keys.getKey("ts", password),
                List.of((X509Certificate) keys.getCertificate("ts"))));
    try (FileServer other = secure(context)) {
      assertFails(
          trusting(context),
          "https://localhost:" + other.port() + "/good/x.mar",
          "TLS: No name matching localhost found)");
      assertThat(other.asked).isEmpty();
    }
  }

  private static FileServer secure(SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create(FileServer.local(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new FileServer(server, ARCHIVE);
  }

  private Downloads trusting(SSLContext context) {
    HttpClient client = Downloads.clientBuilder(PATIENT).sslContext(context).build();
    Downloads downloads =
        new Downloads(settings(1_000_000, ".*"), Optional.of(client), Thread::new);
    opened.add(downloads);
    return downloads;
  }

  /** One that shows this certificate, and trusts it. */
  private static SSLContext context(TlsIdentity identity) throws Exception {
    X509Certificate certificate = identity.chain().get(0);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("shown", identity.key(), new char[0], new X509Certificate[] {certificate});
    store.setCertificateEntry("trusted", certificate);
    KeyManagerFactory shown = KeyManagerFactory.getInstance("PKIX");
    shown.init(store, new char[0]);
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  @Test
  void whatIsSignedGoesToTheServerThatIsAskedAndToNoOther() throws Exception {
    SSLContext context = context(TlsIdentity.selfSigned(Instant.now()));
    DownloadSettings settings =
        new DownloadSettings(
            List.of(Pattern.compile(".*")),
            PLENTY,
            PATIENT,
            Optional.of(new S3Credentials("id", "secret", "eu-north-1", Optional.empty())));
    HttpClient client = Downloads.clientBuilder(PATIENT).sslContext(context).build();
    try (FileServer secure = secure(context);
        Downloads signing = new Downloads(settings, Optional.of(client), Thread::new)) {
      String base = "https://localhost:" + secure.port();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      signing.fetch(signing.permitted(base + "/good/x.mar"), true, out, PLENTY);
      assertThat(out.toByteArray()).isEqualTo(ARCHIVE);
      assertThat(secure.authorizations)
          .singleElement()
          .asString()
          .startsWith("AWS4-HMAC-SHA256 Credential=id/")
          .contains("/eu-north-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;");

      ArchiveUrl redirecting = signing.permitted(base + "/to/x.mar?" + server.url("/good/x.mar"));
      assertThatThrownBy(() -> signing.fetch(redirecting, true, out, PLENTY))
          .hasMessageContaining(", where a signed request is not sent)");
      assertThat(server.asked).isEmpty();
    }
  }

  @Test
  void whatIsSignedNeedsKeysAndTls() {
    Downloads downloads = downloads(".*");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(
            () -> downloads.fetch(downloads.permitted("http://h/x.mar"), true, out, PLENTY))
        .hasFieldOrPropertyWithValue("code", ErrorCode.BAD_REQUEST)
        .hasMessage("s3_sse_kms: true for http://h/x.mar (expected: an https URL)");
    assertThatThrownBy(
            () -> downloads.fetch(downloads.permitted("https://h/x.mar"), true, out, PLENTY))
        .hasMessageStartingWith("s3_sse_kms: true (expected: AWS_ACCESS_KEY_ID,");
  }
}
