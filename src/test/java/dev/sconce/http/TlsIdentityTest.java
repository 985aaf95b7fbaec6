package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files are OpenSSL's and keytool's: {@code scripts/golden/tls.sh}. */
class TlsIdentityTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir private Path directory;

  private static void assertFault(ThrowingCallable reading, String expectedAndFound) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            ServingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
        .hasMessageContaining(expectedAndFound);
  }

  @ParameterizedTest
  @CsvSource({
    "rsa.pem, rsa_pkcs8.key, RSA",
    "rsa.pem, rsa_pkcs1.key, RSA",
    "chain.pem, rsa_pkcs1.key, RSA",
    "ec.pem, ec_sec1.key, EC",
    "ec.pem, ec_pkcs8.key, EC",
    "ed25519.pem, ed25519.key, EdDSA",
  })
  void keysOfOpenSslAreReadAndFitTheirCertificates(
      String certificates, String key, String algorithm) {
    assertThat(TlsFixtures.pem(certificates, key).key().getAlgorithm()).isEqualTo(algorithm);
  }

  @Test
  void aFileMayHoldBothAndTextBetweenThem() throws IOException {
    Path both = directory.resolve("both.pem");
    String certificate = Files.readString(TlsFixtures.file("rsa.pem"));
    String key = Files.readString(TlsFixtures.file("rsa_pkcs1.key"));
    Files.writeString(both, "Bag Attributes: none\r\n" + key + "and\n" + certificate);
    TlsIdentity identity =
        new TlsIdentity(TlsIdentity.privateKey(both), TlsIdentity.certificates(both));
    assertThat(identity).hasToString("TlsIdentity[CN=rsa test]");
  }

  @Test
  void aChainKeepsItsOrder() {
    assertThat(TlsFixtures.pem("chain.pem", "rsa_pkcs8.key").chain())
        .extracting(certificate -> certificate.getSubjectX500Principal().getName())
        .containsExactly("CN=signed test", "CN=authority test");
  }

  @ParameterizedTest
  @CsvSource({
    "rsa_pkcs8_encrypted.key, a private key that is not encrypted; it is encrypted",
    "rsa_pkcs1_encrypted.key, a private key that is not encrypted; it is encrypted",
    "rsa.pem, a private key in PEM; there is none",
    "keystore.p12, a private key in PEM; there is none",
    "missing.key, a PEM file; there is no such file",
    "ec_explicit.key, an EC key that names its curve; it does not",
  })
  void aKeyThatCannotBeUsedIsToldWhy(String file, String fault) {
    assertFault(() -> TlsIdentity.privateKey(TlsFixtures.file(file)), fault);
  }

  @ParameterizedTest
  @CsvSource({
    "missing.pem, a PEM file; there is no such file",
    "rsa_pkcs8.key, certificates in PEM; there is none",
    "'', a PEM file; it cannot be read: ",
  })
  void certificatesThatCannotBeUsedAreToldWhy(String file, String fault) {
    assertFault(() -> TlsIdentity.certificates(TlsFixtures.file(file)), fault);
  }

  @ParameterizedTest
  @CsvSource({
    "CERTIFICATE, aGVsbG8=, certificates in PEM; one cannot be read: ",
    "CERTIFICATE, '==', base64 between the marks; ",
  })
  void aBrokenCertificateIsTold(String label, String content, String fault) throws IOException {
    Path file = directory.resolve("broken.pem");
    Files.writeString(
        file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, content, label));
    assertFault(() -> TlsIdentity.certificates(file), fault);
  }

  @ParameterizedTest
  @CsvSource({
    "PRIVATE KEY, aGVsbG8=, key that this Java runtime reads; it is none",
    "RSA PRIVATE KEY, aGVsbG8=, key that this Java runtime reads; it is none",
    "EC PRIVATE KEY, MIT/////, an EC key that names its curve; it does not",
    "EC PRIVATE KEY, '', an EC key that names its curve; it does not",
    "DSA PRIVATE KEY, aGVsbG8=, Ed25519 key; it is: DSA PRIVATE KEY",
  })
  void aBrokenKeyIsTold(String label, String content, String fault) throws IOException {
    Path file = directory.resolve("broken.key");
    Files.writeString(
        file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, content, label));
    assertFault(() -> TlsIdentity.privateKey(file), fault);
  }

  @ParameterizedTest
  @CsvSource({"rsa.pem, ec_sec1.key", "ec.pem, rsa_pkcs8.key", "ca.pem, rsa_pkcs8.key"})
  void aKeyOfAnotherCertificateIsRefused(String certificates, String key) {
    assertFault(
        () -> TlsFixtures.pem(certificates, key),
        "the key of the first certificate; it is the key of another");
  }

  @ParameterizedTest
  @CsvSource({"keystore.p12, PKCS12, RSA", "keystore.jks, JKS, EC", "keystore.jks, PKCS12, EC"})
  void keystoresOfKeytoolAreRead(String file, String type, String algorithm) {
    TlsIdentity identity = TlsIdentity.keyStore(TlsFixtures.file(file), "changeit", type);
    assertThat(identity.key().getAlgorithm()).isEqualTo(algorithm);
    assertThat(identity.chain()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "keystore.p12, wrong, PKCS12, a keystore that keystore_pass opens; it does not",
    "keystore.jks, wrong, JKS, a keystore that keystore_pass opens; it does not",
    "other_key_pass.jks, changeit, JKS, a keystore whose key keystore_pass opens; it does not",
    "no_key.p12, changeit, PKCS12, a keystore with a private key; there is none",
    "rsa.pem, changeit, PKCS12, a PKCS12 keystore; it cannot be read: ",
    "missing.p12, changeit, PKCS12, a PKCS12 keystore; there is no such file",
    "keystore.p12, changeit, NONE, a keystore_type that this Java runtime knows; it is NONE",
  })
  void aKeystoreThatCannotBeUsedIsToldWhy(String file, String password, String type, String fault) {
    assertFault(() -> TlsIdentity.keyStore(TlsFixtures.file(file), password, type), fault);
  }

  @Test
  void aCertificateIsMadeForTheNamesOfThisMachine() throws GeneralSecurityException {
    X509Certificate certificate = TlsIdentity.selfSigned(NOW).chain().get(0);
    certificate.verify(certificate.getPublicKey());
    assertThat(certificate.getVersion()).isEqualTo(3);
    assertThat(certificate.getSerialNumber()).isPositive();
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=localhost");
    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(
            List.of(2, "localhost"), List.of(7, "127.0.0.1"), List.of(7, "0:0:0:0:0:0:0:1"));
    assertThat(certificate.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofDays(1)));
    assertThat(certificate.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(3650)));
    assertThat(TlsIdentity.selfSigned(NOW).chain().get(0)).isNotEqualTo(certificate);
  }

  @Test
  void datesBeyond2049AreWrittenInTheirOwnType() {
    Instant later = Instant.parse("2049-06-01T00:00:00Z");
    X509Certificate certificate = TlsIdentity.selfSigned(later).chain().get(0);
    assertThat(certificate.getNotBefore().toInstant()).isEqualTo(later.minus(Duration.ofDays(1)));
    assertThat(certificate.getNotAfter().toInstant()).isEqualTo(later.plus(Duration.ofDays(3650)));
  }

  @Test
  void whatTheDatesSayIsTold() {
    TlsIdentity identity = TlsIdentity.selfSigned(NOW);
    assertThat(identity.datedFault(NOW)).isEmpty();
    assertThat(identity.datedFault(NOW.minus(Duration.ofDays(2))))
        .hasValue("the certificate of CN=localhost is not valid before 2026-11-20T12:00:00Z");
    assertThat(identity.datedFault(NOW.plus(Duration.ofDays(3651))))
        .hasValue("the certificate of CN=localhost expired on 2036-11-18T12:00:00Z");
  }

  @Test
  void aListenerHasACertificateIfItSpeaksTlsAndNoneOtherwise() {
    ListenAddress plain = new ListenAddress(TestServer.anyPort(), false);
    Optional<TlsIdentity> identity = Optional.of(TlsIdentity.selfSigned(NOW));
    assertThatThrownBy(() -> new Listener(plain, identity, CorsSettings.NONE, TlsFixtures::path))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
