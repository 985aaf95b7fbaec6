package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Gathers the files of an archive. All land at its top, directories lose their own name and keep
 * what is below it, and what an operating system or Python leaves behind is passed over ({@code
 * model_packaging_utils.py} of torch-model-archiver 0.12.0).
 *
 * <p>The original lets the last of two files with one name win; here that is an error, unless they
 * are the same.
 */
final class ArchiveFiles {
  private static final Set<String> UNWANTED = Set.of("__MACOSX", "__pycache__");

  private final Path workingDirectory;
  private final SortedMap<String, Path> files = new TreeMap<>();
  private final List<String> warnings = new ArrayList<>();

  ArchiveFiles(Path workingDirectory) {
    this.workingDirectory = workingDirectory;
  }

  /** Name in the archive, with slashes, to file; in the order of the archive. */
  SortedMap<String, Path> files() {
    return Collections.unmodifiableSortedMap(files);
  }

  /** What the user should know of, though it is no failure. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Adds the one file a flag names. */
  void add(String flag, String file) throws IOException {
    Path path = workingDirectory.resolve(file);
    if (!Files.isRegularFile(path)) {
      throw refused(flag + ": " + file + " (expected: an existing file)");
    }
    put(String.valueOf(path.getFileName()), path);
  }

  /** Adds what {@code --extra-files} lists. */
  void addExtra(String list) throws IOException {
    for (String item : list.split(",")) {
      String name = item.strip();
      if (!name.isEmpty()) {
        addExtraItem(name);
      }
    }
  }

  private void addExtraItem(String name) throws IOException {
    Path path = workingDirectory.resolve(name);
    FilePattern pattern = new FilePattern(name);
    if (Files.exists(path) || !pattern.hasWildcard()) {
      addAny(path, name);
      return;
    }
    List<Path> found = pattern.expand(workingDirectory);
    if (found.isEmpty()) {
      warnings.add("--extra-files: " + name + " matches no file");
    }
    for (Path match : found) {
      addAny(match, name);
    }
  }

  private void addAny(Path path, String name) throws IOException {
    if (Files.isDirectory(path)) {
      addDirectory(path);
    } else if (Files.isRegularFile(path)) {
      put(String.valueOf(path.getFileName()), path);
    } else {
      throw refused("--extra-files: " + name + " (expected: existing files and directories)");
    }
  }

  private void addDirectory(Path directory) throws IOException {
    try (Stream<Path> below = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) below.filter(Files::isRegularFile)::iterator) {
        Path relative = directory.relativize(file);
        if (isWanted(relative)) {
          put(relative.toString().replace(relative.getFileSystem().getSeparator(), "/"), file);
        }
      }
    }
  }

  private static boolean isWanted(Path relative) {
    for (int i = 0; i < relative.getNameCount() - 1; i++) {
      String directory = relative.getName(i).toString();
      if (UNWANTED.contains(directory) || directory.startsWith(".")) {
        return false;
      }
    }
    // The archive gets a manifest of its own.
    return !relative.equals(relative.getFileSystem().getPath("MAR-INF", "MANIFEST.json"));
  }

  private void put(String name, Path file) throws IOException {
    EntryName.fault(name)
        .ifPresent(
            why -> {
              throw refused(file + " (expected: another name, because " + why + ")");
            });
    Path other = files.putIfAbsent(name, file);
    if (other != null && Files.mismatch(other, file) >= 0) {
      throw refused(
          file + " and " + other + " (expected: different names, both would become " + name + ")");
    }
  }

  private static ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }
}
