package dev.sconce.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.logs.LogLines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of URLs, from servers on this machine. */
class DownloadsTest extends DownloadServers {
  @Test
  void whatIsAllowedIsFetchedWithItsQuery() {
    String url = server.url("/good/x.mar?X-Amz-Signature=abc");
    assertThat(fetch(downloads(here()), url)).isEqualTo(ARCHIVE);
    assertThat(server.asked).containsExactly("/good/x.mar?X-Amz-Signature=abc");
  }

  @ParameterizedTest
  @CsvSource({
    "https://good\\.org/.*,       HTTPS://GOOD.org/X.mar,               true",
    "https://GOOD\\.org/.*,       https://good.org/x.mar,               true",
    "https://good\\.org/.*,       https://good.org:8443/x.mar,          false",
    "https://good\\.org/.*,       http://good.org/x.mar,                false",
    "https://good\\.org/.*,       https://evil.org/?https://good.org/x, false",
    "https://good\\.org/,         https://good.org/x.mar,               false",
    "https://good\\.org/.*\\.mar, https://good.org/x.mar?a,             false",
    "https?://.*,                 file:///x.mar,                        false",
  })
  void aUrlIsAllowedIfAPatternMatchesAllOfIt(String pattern, String url, boolean allowed) {
    Downloads downloads = downloads("nothing", pattern);
    if (allowed) {
      assertThat(downloads.permitted(url)).isNotNull();
    } else {
      assertThatThrownBy(() -> downloads.permitted(url))
          .hasFieldOrPropertyWithValue("code", ErrorCode.MODEL_NOT_FOUND)
          .hasMessage(
              "Given URL %s does not match any allowed URL(s) (expected: one that allowed_urls in the configuration matches, or a file name in the store)"
                  .formatted(ArchiveUrl.shown(url)));
    }
  }

  @Test
  void aHostBehindAUserNameIsNotTakenForTheOneThatIsAllowed() {
    assertThatThrownBy(() -> downloads("https://good.*").permitted("https://good@evil/x.mar"))
        .hasMessage("url: https://evil/x.mar (expected: no user before the host)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1/x.mar", "file:///etc/x.mar", "https://a@b/x.mar"})
  void withoutPatternsNothingIsAllowed(String url) {
    assertThatThrownBy(() -> downloads().permitted(url))
        .hasFieldOrPropertyWithValue("code", ErrorCode.MODEL_NOT_FOUND)
        .hasMessage(
            "Given URL %s does not match any allowed URL(s) (expected: a file name in the model store; allowed_urls in the configuration allows URLs)"
                .formatted(ArchiveUrl.shown(url)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/missing/x.mar | the answer is 404)",
        "/endless/x.mar | it is larger than 1000000 bytes (expected: at most max_download_size))",
        "/short/x.mar   | it broke off after 150000 of 151000 bytes)",
        "/loop/x.mar    | more than 5 redirects)",
      })
  void whatCannotBeHadWholeSaysWhy(String path, String reason) {
    assertFails(downloads(here()), server.url(path), reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/silent/x.mar  | no answer within 1 s)",
        "/slow/x.mar    | next to nothing came for 1 s (expected: at least 1000 bytes a second;",
      })
  void serversThatHangAreGivenUpOn(String path, String reason) {
    DownloadSettings settings =
        new DownloadSettings(
            List.of(Pattern.compile(".*")), PLENTY, Duration.ofSeconds(1), Optional.empty());
    try (Downloads impatient = new Downloads(settings, Thread::new)) {
      assertFails(impatient, server.url(path), reason);
    }
  }

  @Test
  void whatIsSaidToBeTooLargeIsNotBegunWith() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Downloads downloads = downloads(149_999, here());
    ArchiveUrl url = downloads.permitted(server.url("/good/x.mar"));
    assertThatThrownBy(() -> downloads.fetch(url, false, out, PLENTY))
        .hasMessageContaining("larger than 149999 bytes (expected: at most max_download_size)");
    assertThatThrownBy(() -> downloads.fetch(url, false, out, 1000))
        .hasMessageContaining("larger than 1000 bytes (expected: at most what the model store's");
    assertThat(out.size()).isZero();
    assertThat(fetch(downloads(150_000, here()), server.url("/good/x.mar"))).hasSize(150_000);
  }

  @Test
  void nobodyThereIsSaid() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    assertFails(downloads("http://.*"), "http://127.0.0.1:" + port + "/x.mar", "no connection)");
    assertFails(downloads("http://.*"), "http://nowhere.invalid/x.mar", "unknown host)");
  }

  @Test
  void redirectsAreFollowedOnlyToWhatIsAllowedToo() throws IOException {
    String inside = server.url("/to/x.mar?" + server.url("/good/another-name"));
    assertThat(fetch(downloads(here()), inside)).isEqualTo(ARCHIVE);
    assertThat(fetch(downloads(here()), server.url("/to/x.mar?/good/relative"))).isEqualTo(ARCHIVE);

    try (FileServer other = new FileServer(ARCHIVE)) {
      String outside = server.url("/to/x.mar?" + other.url("/good/x.mar"));
      assertFails(
          downloads(here()),
          outside,
          "it redirects to " + other.url("/good/x.mar") + ", which allowed_urls does not match)");
      assertThat(other.asked).isEmpty();
      assertThat(fetch(downloads(".*"), outside)).isEqualTo(ARCHIVE);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "file:///etc/passwd    | it redirects to file:///etc/passwd (expected: http or https)",
        "ftp://h/x.mar         | it redirects to ftp://h/x.mar (expected: http or https)",
        "http://good@evil/     | it redirects to a bad url: http://evil/ (expected: no user before",
        "http://h/a%2fb        | it redirects to a bad url: http://h/a%2fb (expected: no encoded",
      })
  void redirectsAreNoWayRound(String target, String reason) {
    assertFails(downloads(".*"), server.url("/to/x.mar?" + target), reason);
  }

  @Test
  void filesAreFetchedWhereTheyAreAllowed() throws IOException {
    Path real = directory.toRealPath();
    Path models = Files.createDirectories(real.resolve("my models"));
    Files.write(models.resolve("x.mar"), ARCHIVE);
    Files.createDirectory(models.resolve("dir.mar"));
    Path outside = Files.write(real.resolve("outside.mar"), ARCHIVE);
    Files.createSymbolicLink(models.resolve("inner.mar"), models.resolve("x.mar"));
    Files.createSymbolicLink(models.resolve("outer.mar"), outside);

    String base = models.toUri().toString();
    Downloads downloads = downloads(Pattern.quote(base) + ".*");
    assertThat(fetch(downloads, base + "x.mar")).isEqualTo(ARCHIVE);
    assertThat(fetch(downloads, base + "inner.mar")).isEqualTo(ARCHIVE);
    assertFails(
        downloads,
        base + "outer.mar",
        "it is " + outside.toUri() + ", which allowed_urls does not match)");
    assertFails(downloads, base + "dir.mar", "it is ");
    assertFails(downloads, base + "none.mar", "there is no such file)");
    assertFails(downloads("file:///dev/.*"), "file:///dev/zero", "it is no file)");
  }

  @Test
  void aPatternThatMatchesNearlyEverythingIsWarnedOf() {
    try (LogLines log = new LogLines(Downloads.class)) {
      downloads("https://models\\.example\\.com/.*");
      assertThat(log.lines()).isEmpty();
      downloads("file://.*|http(s)?://.*");
      assertThat(log.lines()).singleElement().asString().startsWith("WARN allowed_urls lets");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/silent/x.mar", "/slow/x.mar"})
  void closingGivesUpWhatIsBeingFetched(String path) throws Exception {
    DownloadSettings patient =
        new DownloadSettings(List.of(Pattern.compile(".*")), PLENTY, PATIENT, Optional.empty());
    Downloads downloads = new Downloads(patient, Thread::new);
    List<CompletableFuture<byte[]>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) { // more than there are threads
      all.add(downloads.whenFree(() -> fetch(downloads, server.url(path))));
    }
    assertThat(server.hanging.await(60, TimeUnit.SECONDS)).isTrue();
    downloads.close();
    for (CompletableFuture<byte[]> each : all) {
      assertThatThrownBy(() -> each.get(60, TimeUnit.SECONDS))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.STOPPING);
    }
    assertThatThrownBy(() -> downloads.whenFree(() -> 1).get())
        .cause()
        .hasFieldOrPropertyWithValue("code", ErrorCode.STOPPING);
  }
}
