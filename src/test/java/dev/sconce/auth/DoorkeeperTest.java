package dev.sconce.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.auth.AuthSettings.Asked;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.Body;
import dev.sconce.http.CorsSettings;
import dev.sconce.http.Filter;
import dev.sconce.http.Headers;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.logs.LogLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoorkeeperTest {
  private static final String REFUSED =
      "Token Authorization failed. Token either incorrect, expired, or not provided correctly";

  @TempDir private Path directory;

  private Doorkeeper doorkeeper(Asked asked) {
    return doorkeeper(asked, directory.resolve("key_file.json"));
  }

  private static Doorkeeper doorkeeper(Asked asked, Path file) {
    AuthSettings settings = new AuthSettings(asked, Duration.ofMinutes(60), file);
    return new Doorkeeper(
        settings, CorsSettings.NONE, new SecureRandom(), Clock.systemUTC(), Runnable::run);
  }

  private String key(String kind) throws IOException {
    return new ObjectMapper()
        .readTree(directory.resolve("key_file.json").toFile())
        .get(kind)
        .get("key")
        .textValue();
  }

  private static SocketAddress address(String literal) throws UnknownHostException {
    return literal.startsWith("unix:")
        ? UnixDomainSocketAddress.of(literal.substring(5))
        : new InetSocketAddress(InetAddress.getByName(literal), 40_000);
  }

  private static CompletableFuture<Response> call(
      Filter filter, SocketAddress caller, String authorization) {
    // What a caller says of its address does not count.
    Headers headers = Headers.of("x-forwarded-for", "127.0.0.1").with("forwarded", "for=127.0.0.1");
    return call(
        filter,
        caller,
        "GET",
        authorization.isEmpty() ? headers : headers.with("authorization", authorization));
  }

  private static CompletableFuture<Response> call(
      Filter filter, SocketAddress caller, String method, Headers headers) {
    Request request =
        new Request(
            "id",
            method,
            "/models",
            "",
            "HTTP/1.1",
            headers,
            new Body.Empty(),
            caller,
            Map.of(),
            new CompletableFuture<>());
    return filter
        .answer(
            request, in -> CompletableFuture.completedFuture(Response.of(200, "text/plain", "in")))
        .toCompletableFuture();
  }

  private static void assertIn(Filter filter, String caller, String authorization)
      throws Exception {
    assertThat(call(filter, address(caller), authorization).get().status()).isEqualTo(200);
  }

  private static void assertRefused(Filter filter, String caller, String authorization)
      throws Exception {
    assertRefused(call(filter, address(caller), authorization));
  }

  private static void assertRefused(CompletableFuture<Response> call) {
    assertThatThrownBy(call::get)
        .cause()
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_KEY)
        .hasMessage(REFUSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "unix:/tmp/sconce.sock"})
  void callersOnThisMachineNeedNoTokenByDefault(String caller) throws Exception {
    Doorkeeper doors = doorkeeper(Asked.OF_REMOTE_MANAGEMENT);
    assertIn(doors.management(), caller, "");
    assertIn(doors.management(), caller, "Bearer wrong");
    assertIn(doors.inference(), caller, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "192.168.1.5",
        "0.0.0.0",
        "::",
        "fe80::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "128.0.0.1"
      })
  void callersElsewhereNeedTheManagementKeyForManagementAlone(String caller) throws Exception {
    Doorkeeper doors = doorkeeper(Asked.OF_REMOTE_MANAGEMENT);
    doors.publish();
    assertRefused(doors.management(), caller, "");
    assertRefused(doors.management(), caller, "Bearer " + key("inference"));
    assertIn(doors.management(), caller, "Bearer " + key("management"));
    assertIn(doors.inference(), caller, "");
  }

  @Test
  void aForeignPageInABrowserHereNeedsTheManagementKeyToChangeAnything() throws Exception {
    Doorkeeper doors = doorkeeper(Asked.OF_REMOTE_MANAGEMENT);
    doors.publish();
    Headers page = Headers.of("Host", "127.0.0.1:8081").with("Origin", "http://evil.example");
    assertThatThrownBy(call(doors.management(), address("127.0.0.1"), "POST", page)::get)
        .cause()
        .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_KEY)
        .hasMessage(
            REFUSED + " (Origin: http://evil.example, which cors_allowed_origin does not name)");
    assertStatus200(doors.management(), page.with("authorization", "Bearer " + key("management")));
    assertStatus200(doors.inference(), page);
    assertStatus200(doorkeeper(Asked.OF_NOBODY).management(), page);
  }

  private static void assertStatus200(Filter filter, Headers headers) throws Exception {
    assertThat(call(filter, address("127.0.0.1"), "POST", headers).get().status()).isEqualTo(200);
  }

  @Test
  void anAddressThatNobodyLookedUpIsElsewhere() {
    Doorkeeper doors = doorkeeper(Asked.OF_REMOTE_MANAGEMENT);
    SocketAddress caller = InetSocketAddress.createUnresolved("localhost", 40_000);
    assertRefused(call(doors.management(), caller, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "unix:/tmp/sconce.sock"})
  void everyoneIsAskedIfEveryoneIsToBeAsked(String caller) throws Exception {
    Doorkeeper doors = doorkeeper(Asked.OF_EVERYONE);
    doors.publish();
    assertRefused(doors.management(), caller, "");
    assertRefused(doors.inference(), caller, "");
    assertRefused(doors.inference(), caller, "Bearer " + key("management"));
    assertIn(doors.management(), caller, "Bearer " + key("management"));
    assertIn(doors.inference(), caller, "Bearer " + key("inference"));
  }

  @Test
  void nobodyIsAskedAndNoFileWrittenIfNobodyIsToBeAsked() throws Exception {
    Doorkeeper doors = doorkeeper(Asked.OF_NOBODY);
    doors.publish();
    assertIn(doors.management(), "10.0.0.1", "");
    assertIn(doors.inference(), "10.0.0.1", "");
    assertThat(directory).isEmptyDirectory();
    doors.close();
  }

  @ParameterizedTest
  @CsvSource({
    "OF_REMOTE_MANAGEMENT, Callers of the management API from other machines",
    "OF_EVERYONE, All callers"
  })
  void theLogNamesTheFileAndTheHeaderAndNoKey(Asked asked, String who) throws Exception {
    try (LogLines log = new LogLines(Doorkeeper.class);
        Doorkeeper doors = doorkeeper(asked)) {
      doors.publish();
      assertThat(log.lines())
          .containsExactly(
              "INFO Keys are in "
                  + directory.resolve("key_file.json")
                  + ". "
                  + who
                  + " send Authorization: Bearer <key>");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void withoutAKeyFileManagementStaysClosedToOthersAndAWarningSaysSo() throws Exception {
    Path nowhere = directory.resolve("no/key_file.json");
    try (LogLines log = new LogLines(Doorkeeper.class);
        Doorkeeper doors = doorkeeper(Asked.OF_REMOTE_MANAGEMENT, nowhere)) {
      doors.publish();
      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0))
          .startsWith("WARN the key file " + nowhere + " cannot be written (")
          .endsWith("): the management API answers callers on this machine only");
      assertRefused(doors.management(), "10.0.0.1", "");
      assertIn(doors.management(), "127.0.0.1", "");
    }
  }

  @Test
  void withoutAKeyFileAServerThatAsksEveryoneDoesNotStart() {
    Doorkeeper doors = doorkeeper(Asked.OF_EVERYONE, directory.resolve("no/key_file.json"));
    assertThatThrownBy(doors::publish)
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("key_file.json cannot be written (")
        .hasMessageEndingWith("), and nobody could call");
  }

  @Test
  void aDirectoryInTheFilesPlaceIsAFaultAndLeavesNothingBehind() throws Exception {
    Path file = Files.createDirectories(directory.resolve("key_file.json/x")).getParent();
    Doorkeeper doors = doorkeeper(Asked.OF_EVERYONE);
    assertThatThrownBy(doors::publish).isInstanceOf(ServingException.class);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void filesAreWrittenForCallersOnThisMachineOnlyUnlessNobodyIsEverAsked() throws Exception {
    Filter local = doorkeeper(Asked.OF_REMOTE_MANAGEMENT).inferenceThatWrites();
    assertIn(local, "127.0.0.1", "");
    assertThatThrownBy(call(local, address("192.0.2.1"), "")::get)
        .hasMessageContaining("only callers on this machine are let in");
    assertIn(doorkeeper(Asked.OF_NOBODY).inferenceThatWrites(), "192.0.2.1", "");
  }
}
