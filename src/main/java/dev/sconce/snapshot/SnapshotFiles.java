package dev.sconce.snapshot;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory of snapshots, each a file of Java properties. Their names begin with the time, so
 * that their order is that of the names; the newest {@value #KEPT} are kept.
 */
public final class SnapshotFiles {
  private static final int KEPT = 20;
  private static final Pattern NAME = Pattern.compile("\\d{17}-(startup|snapshot|shutdown)\\.cfg");

  private final Path directory;

  SnapshotFiles(Path directory) {
    this.directory = directory;
  }

  /** The newest snapshot in a directory, if there is such a directory and it has one. */
  public static Optional<Path> newest(Path directory) {
    try {
      List<Path> all = new SnapshotFiles(directory).oldestFirst();
      return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    } catch (IOException e) {
      return Optional.empty(); // no directory, as before the first snapshot
    }
  }

  private List<Path> oldestFirst() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(SnapshotFiles::isSnapshot).sorted().toList();
    }
  }

  private static boolean isSnapshot(Path file) {
    return NAME.matcher(String.valueOf(file.getFileName())).matches();
  }

  /**
   * Writes a snapshot, whole or not at all. Only this user may read it, since a configuration may
   * hold passwords.
   */
  void write(String name, Map<String, String> content) throws IOException {
    Properties properties = new Properties();
    properties.putAll(content);
    Files.createDirectories(directory);
    Path unfinished = Files.createTempFile(directory, name, ".tmp");
    try {
      try (Writer writer = Files.newBufferedWriter(unfinished)) {
        properties.store(writer, "Saving snapshot");
      }
      Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
    List<Path> all = oldestFirst();
    for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
      Files.deleteIfExists(old);
    }
  }
}
