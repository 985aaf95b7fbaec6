package dev.sconce.download;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server of files on this machine, and downloads from it. */
abstract class DownloadServers {
  static final byte[] ARCHIVE = new byte[150_000];
  static final long PLENTY = 1L << 40;
  static final Duration PATIENT = Duration.ofMinutes(10);

  @TempDir Path directory;
  FileServer server;
  final List<Downloads> opened = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server = new FileServer(ARCHIVE);
  }

  @AfterEach
  void stop() {
    opened.forEach(Downloads::close);
    server.close();
  }

  Downloads downloads(String... allowed) {
    return downloads(1_000_000, allowed);
  }

  Downloads downloads(long maxBytes, String... allowed) {
    Downloads downloads = new Downloads(settings(maxBytes, allowed), Thread::new);
    opened.add(downloads);
    return downloads;
  }

  static DownloadSettings settings(long maxBytes, String... allowed) {
    List<Pattern> patterns =
        Stream.of(allowed).map(regex -> Pattern.compile(regex, Pattern.CASE_INSENSITIVE)).toList();
    return new DownloadSettings(patterns, maxBytes, PATIENT, Optional.empty());
  }

  String here() {
    return Pattern.quote(server.url("/")) + ".*";
  }

  static byte[] fetch(Downloads downloads, String url) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    downloads.fetch(downloads.permitted(url), false, out, PLENTY);
    return out.toByteArray();
  }

  void assertFails(Downloads downloads, String url, String reason) {
    assertThatThrownBy(() -> fetch(downloads, url))
        .hasFieldOrPropertyWithValue("code", ErrorCode.DOWNLOAD_FAILED)
        .hasMessageStartingWith(
            "Failed to download archive from: " + ArchiveUrl.shown(url) + " (" + reason);
  }
}
