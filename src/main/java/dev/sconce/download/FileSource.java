package dev.sconce.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Opens what a {@code file:} URL names. */
final class FileSource {
  private FileSource() {}

  /**
   * Opens it. Links are followed only to where a URL would be allowed, too.
   *
   * @throws IOException saying why it cannot be read
   */
  static Source open(ArchiveUrl url, DownloadSettings settings) throws IOException {
    Path real = real(url);
    String link = real.toUri().toString();
    if (!settings.allows(link)) {
      throw new IOException("it is " + link + ", which allowed_urls does not match");
    }
    if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("it is no file");
    }
    return new Source(
        Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS), OptionalLong.of(Files.size(real)));
  }

  private static Path real(ArchiveUrl url) throws IOException {
    try {
      return Path.of(url.uri().getPath()).toRealPath();
    } catch (NoSuchFileException | InvalidPathException e) {
      throw new IOException("there is no such file", e);
    }
  }
}
