package dev.sconce.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.auth.AuthSettings;
import dev.sconce.auth.AuthSettings.Asked;
import dev.sconce.http.CorsSettings;
import dev.sconce.http.ListenAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoorKeysTest {
  private static final String HTTPS = "inference_address=https://127.0.0.1";
  private static final String FILES = "src/test/resources/tls/";

  private static KeyReader keys(String... lines) {
    Map<String, String> values =
        Arrays.stream(lines)
            .map(line -> line.split("=", 2))
            .collect(Collectors.toMap(line -> line[0], line -> line[1]));
    return new KeyReader(values, Map.of(), new EnvironmentValues(Map.of()));
  }

  private static Doors read(String... lines) {
    KeyReader keys = keys(lines);
    Doors doors = DoorKeys.read(keys, Optional.empty());
    assertThat(keys.faults()).isEmpty();
    assertThat(keys.unused()).isEmpty();
    return doors;
  }

  private static void assertFaults(String[] lines, String... faults) {
    KeyReader keys = keys(lines);
    Doors unused = DoorKeys.read(keys, Optional.empty());
    assertThat(keys.faults()).containsExactly(faults);
  }

  @ParameterizedTest
  @CsvSource({
    "https://127.0.0.1, https://127.0.0.1:443, https://127.0.0.1:8444, https://127.0.0.1:8445",
    "https://127.0.0.1:8443, https://127.0.0.1:8443, https://127.0.0.1:8443, https://127.0.0.1:8443",
    "http://127.0.0.1, http://127.0.0.1:80, http://127.0.0.1:8081, http://127.0.0.1:8082",
    "https://[::1], https://[0:0:0:0:0:0:0:1]:443, https://[0:0:0:0:0:0:0:1]:8444,"
        + " https://[0:0:0:0:0:0:0:1]:8445",
    "unix:/tmp/a.sock, unix:/tmp/a.sock, unix:/tmp/a.sock, unix:/tmp/a.sock",
    "unix:a.sock, unix:a.sock, unix:a.sock, unix:a.sock",
  })
  void eachAddressHasItsOwnDefaultPort(
      String text, String inference, String management, String metrics) {
    Doors doors =
        read("inference_address=" + text, "management_address=" + text, "metrics_address=" + text);
    assertThat(doors.inference()).hasToString(inference);
    assertThat(doors.management().orElseThrow()).hasToString(management);
    assertThat(doors.metrics().map(ListenAddress::toString)).hasValue(metrics);
    assertThat(doors.tls()).isEqualTo(text.startsWith("https"));
  }

  @Test
  void aSocketsPathHasTheLengthThatLinuxTakes() {
    String longest = "/" + "e".repeat(106); // without é, which not every locale has in paths
    assertThat(read("inference_address=unix:" + longest).inference())
        .hasToString("unix:" + longest);
    String expected =
        " (expected: http://host:port, https://host:port, or unix:path with a path of at most 107"
            + " bytes)";
    assertFaults(
        new String[] {"inference_address=unix:/" + longest, "management_address=unix:"},
        "inference_address: unix:/" + longest + expected,
        "management_address: unix:" + expected);
  }

  @ParameterizedTest
  @CsvSource({
    "certificate_file=rsa.pem, private_key_file=rsa_pkcs1.key, CN=rsa test",
    "certificate_file=ec.pem, private_key_file=ec_sec1.key, CN=ec test",
    "keystore=keystore.p12, keystore_pass=changeit, 'CN=keystore test, OU=IT, O=Sconce, L=Here,"
        + " ST=There, C=NO'",
    "keystore=keystore.jks, keystore_type=JKS, CN=jks test",
  })
  void theCertificateIsReadFromWhereItIsConfigured(String one, String two, String subject) {
    String first = one.replace("=", "=" + FILES);
    String second = two.startsWith("keystore_") ? two : two.replace("=", "=" + FILES);
    assertThat(read(HTTPS, first, second).identity())
        .map(Object::toString)
        .hasValue("TlsIdentity[" + subject + "]");
  }

  @Test
  void aKeystoreWinsOverPemFiles() {
    assertThat(
            read(
                    HTTPS,
                    "keystore=" + FILES + "keystore.jks",
                    "certificate_file=missing.pem",
                    "private_key_file=missing.key")
                .identity())
        .map(Object::toString)
        .hasValue("TlsIdentity[CN=jks test]");
  }

  @Test
  void withoutAnyFileThereIsNoneYet() {
    assertThat(read(HTTPS).identity()).isEmpty();
  }

  @Test
  void filesAreNotLookedAtWhereNobodySpeaksTls() {
    assertThat(read("keystore=missing.p12", "metrics_address=http://127.0.0.1:0").identity())
        .isEmpty();
    assertThat(
            read(
                    "keystore=missing.p12",
                    "metrics_address=https://127.0.0.1:0",
                    "enable_metrics_api=false")
                .identity())
        .isEmpty();
  }

  @Test
  void everyFaultOfTheFilesIsToldWithItsKey() {
    assertFaults(
        new String[] {
          HTTPS,
          "certificate_file=missing.pem",
          "private_key_file=" + FILES + "rsa_pkcs8_encrypted.key"
        },
        "certificate_file: missing.pem (expected: a PEM file; there is no such file)",
        "private_key_file: "
            + FILES
            + "rsa_pkcs8_encrypted.key (expected: a private key that is not encrypted; it is"
            + " encrypted)");
    assertFaults(
        new String[] {
          HTTPS,
          "certificate_file=" + FILES + "rsa.pem",
          "private_key_file=" + FILES + "ec_sec1.key"
        },
        "private_key_file: "
            + FILES
            + "ec_sec1.key (expected: the key of the first certificate; it is the key of another)");
    assertFaults(
        new String[] {HTTPS, "keystore=" + FILES + "keystore.p12", "keystore_pass=wrong"},
        "keystore: "
            + FILES
            + "keystore.p12 (expected: a keystore that keystore_pass opens; it does not)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"certificate_file", "private_key_file"})
  void oneFileWithoutTheOtherIsAFault(String key) {
    assertFaults(
        new String[] {HTTPS, key + "=a.pem"},
        "certificate_file or private_key_file: a.pem (expected: both of them, or neither)");
  }

  @Test
  void corsIsReadFieldByField() {
    assertThat(
            read(
                    "cors_allowed_origin=https://example.com",
                    "cors_allowed_methods=GET, POST",
                    "cors_allowed_headers=X-A")
                .cors())
        .isEqualTo(
            new CorsSettings(
                Optional.of("https://example.com"), Optional.of("GET, POST"), Optional.of("X-A")));
    assertFaults(
        new String[] {"cors_allowed_origin=a\nb: c"},
        "cors_allowed_origin: a\nb: c (expected: one line of ASCII text)");
  }

  @ParameterizedTest
  @CsvSource({
    "disable_token_authorization=true, OF_NOBODY, PT60M",
    "disable_token_authorization=FALSE, OF_EVERYONE, PT60M",
    "token_expiration_min=5, OF_REMOTE_MANAGEMENT, PT5M",
    "token_expiration_min=0.5, OF_REMOTE_MANAGEMENT, PT30S",
    "token_expiration_min=0.001, OF_REMOTE_MANAGEMENT, PT1S",
  })
  void theKeysOfTokensReachTheirSettings(String line, Asked asked, Duration expiry) {
    KeyReader keys = keys(line);
    assertThat(AuthKeys.read(keys, Path.of("/run")))
        .isEqualTo(new AuthSettings(asked, expiry, Path.of("/run/key_file.json")));
    assertThat(keys.unused()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "soon", "NaN", "52560001", "1e99"})
  void anExpirationThatIsNoneIsAFault(String value) {
    KeyReader keys = keys("token_expiration_min=" + value, "disable_token_authorization=maybe");
    AuthSettings unused = AuthKeys.read(keys, Path.of(""));
    assertThat(keys.faults())
        .containsExactly(
            "disable_token_authorization: maybe (expected: true or false)",
            "token_expiration_min: "
                + value
                + " (expected: minutes, more than 0 and at most 52560000)");
  }

  @ParameterizedTest
  @CsvSource({
    "http://0.0.0.0:9080, http://127.0.0.1:9080",
    "http://[::1]:9080, http://[0:0:0:0:0:0:0:1]:9080",
    "https://127.0.0.1:9443, --insecure https://127.0.0.1:9443",
    "unix:/run/a.sock, --unix-socket /run/a.sock http://localhost",
  })
  void curlIsToldHowToReachTheInferenceApi(String address, String curl) {
    assertThat(read("inference_address=" + address).inferenceForCurl()).isEqualTo(curl);
  }

  @Test
  void curlChecksACertificateThatIsConfigured() {
    Doors doors = read(HTTPS + ":9443", "keystore=" + FILES + "keystore.p12");
    assertThat(doors.inferenceForCurl()).isEqualTo("https://127.0.0.1:9443");
  }
}
