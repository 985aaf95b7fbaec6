package dev.sconce.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What lies in a directory from which models are to be served: names, sorted, without hidden files.
 *
 * @param archives files that are archives by their names
 * @param models directories that look like a model: with a manifest, a {@code model-config.yaml} or
 *     weights
 * @param own what makes the directory itself look like a model: its manifest's directory, its
 *     {@code model-config.yaml}, its files of weights
 * @param unreadable directories that cannot be looked into, each with the reason
 * @param others everything else
 */
public record StoreContents(
    List<String> archives,
    List<String> models,
    List<String> own,
    List<String> unreadable,
    List<String> others) {
  static final List<String> EXTENSIONS = List.of(".mar", ".model", ".tar.gz", ".tgz");

  /** Files of weights that some built-in handler reads. */
  private static final List<String> WEIGHTS =
      List.of(".pt", ".pth", ".bin", ".safetensors", ".pkl");

  /** Copies the lists. */
  public StoreContents {
    archives = List.copyOf(archives);
    models = List.copyOf(models);
    own = List.copyOf(own);
    unreadable = List.copyOf(unreadable);
    others = List.copyOf(others);
  }

  /**
   * Looks through a directory.
   *
   * @throws IOException if it cannot be read
   */
  public static StoreContents of(Path directory) throws IOException {
    Sorting sorting = new Sorting();
    for (Path child : visible(directory)) {
      sorting.add(child);
    }
    return new StoreContents(
        sorting.archives, sorting.models, sorting.own, sorting.unreadable, sorting.others);
  }

  /** Whether a file is an archive by its name. */
  static boolean isArchive(Path file) {
    return isArchive(fileName(file));
  }

  /** Whether a file of that name is one. */
  static boolean isArchive(String name) {
    return EXTENSIONS.stream().anyMatch(name::endsWith);
  }

  private static List<Path> visible(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.filter(child -> !fileName(child).startsWith(".")).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String fileName(Path path) {
    return String.valueOf(path.getFileName());
  }

  /** Not for use by several threads. */
  private static final class Sorting {
    private final List<String> archives = new ArrayList<>();
    private final List<String> models = new ArrayList<>();
    private final List<String> own = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();
    private final List<String> others = new ArrayList<>();

    void add(Path child) {
      String name = fileName(child);
      if (isOwn(child)) {
        own.add(name);
      } else if (!Files.isDirectory(child)) {
        (Files.isRegularFile(child) && isArchive(child) ? archives : others).add(name);
      } else {
        try {
          (looksLikeModel(child) ? models : others).add(name);
        } catch (IOException e) {
          unreadable.add(name + ": " + Shown.reason(e));
        }
      }
    }

    private static boolean looksLikeModel(Path directory) throws IOException {
      return hasOwn(directory) || hasOwn(ArchiveReader.top(directory));
    }

    private static boolean hasOwn(Path directory) throws IOException {
      return visible(directory).stream().anyMatch(Sorting::isOwn);
    }

    /** Whether a file makes a model of the directory that it lies in. */
    private static boolean isOwn(Path file) {
      String name = fileName(file);
      if (Files.isDirectory(file)) {
        return Files.exists(file.resolveSibling(ManifestJson.FILE)) && name.equals("MAR-INF");
      }
      String lowerCase = name.toLowerCase(Locale.ROOT);
      return name.equals(ModelConfig.FILE) || WEIGHTS.stream().anyMatch(lowerCase::endsWith);
    }
  }
}
