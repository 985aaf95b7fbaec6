package dev.sconce.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.auth.AuthSettings;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong in a configuration is said, and what is only just right is taken. */
class ConfigFaultsTest {
  private static final long LARGE_HEAP = 1L << 40;

  @TempDir Path directory;

  private ServerConfig load(String properties) throws IOException {
    Path file = directory.resolve("test.properties");
    Files.writeString(file, properties);
    return new ConfigLoader(LARGE_HEAP, directory, directory, Map.of())
        .load(new Overrides(Optional.of(file), Optional.empty(), List.of()));
  }

  @Test
  void everyFaultIsReportedAtOnceWithKeyValueAndExpectation() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    inference_address=ftp://127.0.0.1:8080
                    management_address=nonsense
                    metrics_address=http:8082
                    job_queue_size=0
                    max_request_size=many
                    strict_handlers=perhaps
                    metrics_mode=both
                    log_format=xml
                    """))
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_CONFIGURATION)
        .hasMessageContaining("8 faults")
        .hasMessageContaining("inference_address: ftp://127.0.0.1:8080 (expected: http://host:port")
        .hasMessageContaining("management_address: nonsense (expected: http://host:port")
        .hasMessageContaining("metrics_address: http:8082 (expected: http://host:port")
        .hasMessageContaining("job_queue_size: 0 (expected: a whole number >= 1)")
        .hasMessageContaining("max_request_size: many (expected: a whole number >= 1)")
        .hasMessageContaining("strict_handlers: perhaps (expected: true or false)")
        .hasMessageContaining("metrics_mode: both (expected: log, prometheus or legacy)")
        .hasMessageContaining("log_format: xml (expected: text or json)");
  }

  @Test
  void moreThreadsThanAnyMachineRunsAreAFault() throws IOException {
    for (String key :
        List.of("intra_op_threads", "number_of_netty_threads", "default_workers_per_model")) {
      assertThat(load(key + "=1000").unused()).isEmpty();
      assertThatThrownBy(() -> load(key + "=1001"))
          .isInstanceOf(ServingException.class)
          .hasMessageContaining(key + ": 1001 (expected: a whole number from ")
          .hasMessageContaining(" to 1000)");
    }
  }

  @Test
  void aFileInAnotherEncodingIsToldSo() throws IOException {
    Path file = directory.resolve("latin1.properties");
    Files.write(file, new byte[] {'#', (byte) 0xE9, '\n'});
    Overrides latin1 = new Overrides(Optional.of(file), Optional.empty(), List.of());
    assertThatThrownBy(
            () -> new ConfigLoader(LARGE_HEAP, directory, directory, Map.of()).load(latin1))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("latin1.properties cannot be read: it is not UTF-8");
  }

  @Test
  void aFileThatIsNotThereIsAFaultIfItWasNamed() {
    Overrides missing =
        new Overrides(Optional.of(directory.resolve("no.properties")), Optional.empty(), List.of());
    assertThatThrownBy(
            () -> new ConfigLoader(LARGE_HEAP, directory, directory, Map.of()).load(missing))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("no.properties cannot be read: there is no such file");
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:0, 0",
    "http://127.0.0.1:65535, 65535",
    "http://127.0.0.1:9000/, 9000",
    "http://127.0.0.1, 80"
  })
  void anAddressAtTheEdgeOfWhatIsOneIsTaken(String address, int port) throws IOException {
    assertThat(load("inference_address=" + address).doors().inference())
        .isEqualTo(
            new ListenAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:65536",
        "http://127.0.0.1:9000/a",
        "http://:9000",
        "http://127.0.0.1:x",
        "127.0.0.1:9000"
      })
  void anAddressBeyondItIsAFault(String address) {
    assertThatThrownBy(() -> load("inference_address=" + address))
        .hasMessageContaining("inference_address: " + address + " (expected: http://host:port");
  }

  @Test
  void aKeyWithoutAValueIsAsIfItWereNotThere() throws IOException {
    ServerConfig config = load("inference_address=  \nservice_envelope=\njob_queue_size=");
    assertThat(config).usingRecursiveComparison().ignoringFields("snapshots").isEqualTo(load(""));
  }

  @Test
  void anUnknownEnvelopeIsAFaultThatNamesTheKnownOnes() {
    assertThatThrownBy(() -> load("service_envelope=kservev3"))
        .hasMessageContaining("service_envelope: kservev3 (expected: one of body, json, kserve");
  }

  @ParameterizedTest
  @CsvSource({"0.001, PT1S", "0.5, PT30S", "60, PT1H"})
  void aTokenMayExpireInPartsOfMinutesButNotInNone(String minutes, Duration expiry)
      throws IOException {
    assertThat(load("token_expiration_min=" + minutes).auth().expiry()).isEqualTo(expiry);
    for (String wrong : List.of("0", "-1", "soon")) {
      assertThatThrownBy(() -> load("token_expiration_min=" + wrong))
          .hasMessageContaining("token_expiration_min: " + wrong + " (expected: minutes, more");
    }
    assertThat(load("").auth().expiry()).isEqualTo(AuthSettings.DEFAULT_EXPIRY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "~", "*"})
  void aCorsHeaderMayHaveAnyAsciiThatIsSeen(String origin) throws IOException {
    assertThat(load("cors_allowed_origin=" + origin).doors().cors().allowedOrigin())
        .hasValue(origin);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\u007fb", "a\\u001fb", "a\\r\\nb"})
  void aCorsHeaderOfSeveralLinesIsAFault(String origin) {
    assertThatThrownBy(() -> load("cors_allowed_origin=" + origin))
        .hasMessageContaining("(expected: one line of ASCII text)");
  }
}
