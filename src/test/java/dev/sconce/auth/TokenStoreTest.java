package dev.sconce.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.auth.AuthSettings.Asked;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenStoreTest {
  private static final Instant START = Instant.parse("2026-11-21T03:54:14.896485850Z");

  @TempDir private Path directory;
  private final SettableClock clock = new SettableClock();

  /** Stands still until it is set. */
  private static final class SettableClock extends Clock {
    private Instant now = START;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private Path file() {
    return directory.resolve("key_file.json");
  }

  private TokenStore store() {
    AuthSettings settings = new AuthSettings(Asked.OF_EVERYONE, Duration.ofMinutes(60), file());
    return new TokenStore(settings, new SecureRandom(), clock);
  }

  private TokenStore published() throws IOException {
    TokenStore store = store();
    store.publish();
    return store;
  }

  private String key(String kind) throws IOException {
    return keys().get(kind).get("key").textValue();
  }

  private JsonNode keys() throws IOException {
    return new ObjectMapper().readTree(file().toFile());
  }

  private static Optional<String> bearer(String key) {
    return Optional.of("Bearer " + key);
  }

  /** Without keys and without the times behind the minutes, which TorchServe takes one by one. */
  private static String masked(String file) {
    return file.replaceAll("(\"key\": \")[^\"]+", "$1…")
        .replaceAll("(2026-11-21T04:54:)[^\"]+Z", "$1…");
  }

  @Test
  void theFileIsTorchServesAndForItsOwnerAlone() throws IOException {
    TokenStore store = published();
    String theirs = Files.readString(Path.of("src/test/resources/contract", "key_file.json.txt"));
    String listed = "-" + PosixFilePermissions.toString(Files.getPosixFilePermissions(file()));
    assertThat(masked(Files.readString(file())) + listed)
        .isEqualTo(masked(theirs).strip().replaceFirst("}-rw-------.*", "}\n-rw-------"));
    for (String kind : List.of("management", "inference", "API")) {
      assertThat(key(kind)).matches("[\\w-]{32}");
    }
    assertThat(store.file()).isEqualTo(file());
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void noTwoKeysAreTheSame() throws IOException {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      TokenStore unused = published();
      for (KeyKind kind : KeyKind.values()) {
        all.add(key(kind.wireName()));
      }
    }
    assertThat(all).hasSize(30);
  }

  @Test
  void aKeyOpensWhatItIsForAndNothingElse() throws IOException {
    TokenStore store = published();
    for (KeyKind shown : KeyKind.values()) {
      for (KeyKind wanted : KeyKind.values()) {
        assertThat(store.accepts(wanted, bearer(key(shown.wireName())))).isEqualTo(shown == wanted);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%s", "Bearer", "Bearer ", "Bearer %s x", "Basic %s", "Bearer%s", "xBearer %s"})
  void aHeaderOfAnotherFormOpensNothing(String form) throws IOException {
    TokenStore store = published();
    assertThat(store.accepts(KeyKind.API, Optional.of(form.formatted(key("API"))))).isFalse();
    assertThat(store.accepts(KeyKind.API, Optional.empty())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer %s", "bearer %s", "Bearer  \t%s"})
  void theSchemeIsReadAsHttpHasIt(String form) throws IOException {
    TokenStore store = published();
    assertThat(store.accepts(KeyKind.API, Optional.of(form.formatted(key("API"))))).isTrue();
  }

  @Test
  void keysHoldForTheirTimeAndTheApiKeyHoldsOn() throws IOException {
    TokenStore store = published();
    clock.now = START.plus(Duration.ofMinutes(60)).minusNanos(1);
    assertThat(store.accepts(KeyKind.MANAGEMENT, bearer(key("management")))).isTrue();
    assertThat(store.accepts(KeyKind.INFERENCE, bearer(key("inference")))).isTrue();
    clock.now = START.plus(Duration.ofMinutes(60));
    assertThat(store.accepts(KeyKind.MANAGEMENT, bearer(key("management")))).isFalse();
    assertThat(store.accepts(KeyKind.INFERENCE, bearer(key("inference")))).isFalse();
    clock.now = START.plus(Duration.ofDays(10_000));
    assertThat(store.accepts(KeyKind.API, bearer(key("API")))).isTrue();
  }

  @Test
  void renewingReplacesOneKeyAndTheFile() throws IOException {
    TokenStore store = published();
    String management = key("management");
    String inference = key("inference");
    clock.now = START.plus(Duration.ofMinutes(90));
    store.renew(KeyKind.INFERENCE);
    assertThat(key("management")).isEqualTo(management);
    assertThat(key("inference")).isNotEqualTo(inference);
    assertThat(keys().get("inference").get("expiration time").textValue())
        .isEqualTo("2026-11-21T06:24:14.896485850Z");
    assertThat(store.accepts(KeyKind.INFERENCE, bearer(key("inference")))).isTrue();
    assertThat(store.accepts(KeyKind.INFERENCE, bearer(inference))).isFalse();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void aKeyThatCannotBeWrittenIsNotRenewed() throws IOException {
    TokenStore store = published();
    String inference = key("inference");
    Files.delete(file());
    Files.delete(directory);
    assertThatThrownBy(() -> store.renew(KeyKind.INFERENCE))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("key_file.json cannot be written: ");
    assertThat(store.accepts(KeyKind.INFERENCE, bearer(inference))).isTrue();
    Files.createDirectory(directory);
  }

  @Test
  void theFileGoesWithTheServer() throws IOException {
    TokenStore store = published();
    store.withdraw();
    assertThat(file()).doesNotExist();
    store.withdraw();
  }

  @Test
  void theFileOfAnotherServerStays() throws IOException {
    TokenStore first = published();
    TokenStore second = store();
    second.publish();
    String content = Files.readString(file());
    first.withdraw();
    assertThat(file()).hasContent(content);
    TokenStore neverPublished = store();
    neverPublished.withdraw();
    assertThat(file()).hasContent(content);
  }

  @Test
  void aLinkInTheFilesPlaceIsReplacedAndNotFollowed() throws IOException {
    Path other = Files.writeString(directory.resolve("other"), "mine");
    Files.createSymbolicLink(file(), other);
    TokenStore unused = published();
    assertThat(other).hasContent("mine");
    assertThat(Files.isSymbolicLink(file())).isFalse();
  }

  @Test
  void noKeyIsShownByAccident() {
    assertThat(Key.make(new SecureRandom(), Optional.empty()))
        .hasToString("Key[expires=Optional.empty]");
  }
}
