package dev.sconce.http;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Servers that speak TLS, and clients that trust them. */
final class TlsFixtures {
  static final TlsIdentity SELF_SIGNED =
      TlsIdentity.selfSigned(Instant.parse("2026-01-01T00:00:00Z"));

  private TlsFixtures() {}

  static Path file(String name) {
    return Path.of("src/test/resources/tls").resolve(name);
  }

  static TlsIdentity pem(String certificates, String key) {
    return new TlsIdentity(
        TlsIdentity.privateKey(file(key)), TlsIdentity.certificates(file(certificates)));
  }

  static TestServer server(HttpSettings settings, TlsIdentity identity, Endpoint endpoint) {
    ListenAddress address = new ListenAddress(TestServer.anyPort(), true);
    return new TestServer(
        settings, new Listener(address, Optional.of(identity), CorsSettings.NONE, endpoint));
  }

  static TestServer server(Endpoint endpoint) {
    return server(HttpSettings.defaults(), SELF_SIGNED, endpoint);
  }

  static CompletionStage<Response> path(Request request) {
    return TestServer.text(request.path());
  }

  /** A client's context that trusts this certificate and checks host names. */
  static SSLContext trusting(X509Certificate certificate) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("server", certificate);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static SSLContext trusting(TlsIdentity identity) {
    return trusting(identity.chain().get(0));
  }
}
