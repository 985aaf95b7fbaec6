package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one directory models are taken from, as archives or as plain directories.
 *
 * <p>What a register call names is resolved by TorchServe's rules ({@code ModelArchive.java},
 * {@code downloadModel}), with one difference: nothing outside the store is ever opened. What is
 * named by a URL has to be fetched into the store first. Safe for use by several threads; the store
 * is looked at anew in every call.
 */
public final class ModelStore {
  private static final Logger log = LoggerFactory.getLogger(ModelStore.class);
  private static final Pattern URL =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*", Pattern.DOTALL);

  /** What may become a file of the store by a download. */
  private static final Pattern NEW_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}");

  /** Longer than any download goes without writing. */
  private static final Duration DEAD = Duration.ofHours(2);

  private final Optional<Path> configured;
  private final ArchiveReader reader;
  private final Arrival.Names arriving = new Arrival.Names();

  /** A store by its settings; the directory need not exist yet. */
  public ModelStore(StoreSettings settings) {
    this.configured = settings.modelStore();
    this.reader = new ArchiveReader(settings);
  }

  /**
   * Opens what a register call or {@code load_models} names. The caller closes it.
   *
   * <p>What names the store itself is one model, with all that lies in the store, and an absolute
   * path inside the store what lies there. Any other name is looked for as a file of the store by
   * its last segment ({@code sub/x.mar} and {@code /anywhere/x.mar} mean {@code x.mar} in the
   * store), then as a path inside the store, then as a directory of the store by its last segment.
   *
   * @param url a file name, a relative path, or an absolute path
   * @throws ServingException with {@link ErrorCode#MODEL_NOT_FOUND} if the store has no such model,
   *     {@link ErrorCode#INVALID_MODEL} if it cannot be served, {@link ErrorCode#INTERNAL} if it
   *     cannot be unpacked
   */
  public ModelArchive open(String url) {
    Path store = store();
    checkUrl(url);
    Path named = find(store, url).orElseThrow(() -> notFound(url));
    Path real = real(named).orElseThrow(() -> notFound(url));
    if (!real.startsWith(store)) {
      throw notFound(url, " (a link that leaves the model store)");
    }
    if (Files.isDirectory(real)) {
      return reader.openDirectory(url, fileName(named), real, store);
    }
    if (!StoreContents.isArchive(named)) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          url
              + ": not a model archive (expected: a directory, or a file ending in "
              + String.join(", ", StoreContents.EXTENSIONS)
              + ")");
    }
    return reader.openFile(url, fileName(named), real);
  }

  /**
   * Makes room for an archive that is fetched from elsewhere. The caller closes it.
   *
   * @param name the file name it is to have
   * @throws ServingException with {@link ErrorCode#BAD_REQUEST} if no archive may be called that,
   *     {@link ErrorCode#INTERNAL} if there is one, {@link ErrorCode#MODEL_NOT_FOUND} if there is
   *     no store, {@link ErrorCode#DOWNLOAD_FAILED} if it cannot be written to
   */
  public Arrival receive(String name) {
    Path store = store();
    if (!NEW_NAME.matcher(name).matches() || !StoreContents.isArchive(name)) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          "url: its last segment is \"%s\" (expected: at most 200 letters, digits, '_', '-', '.' and '+', ending in %s)"
              .formatted(Shown.value(name), String.join(", ", StoreContents.EXTENSIONS)));
    }
    deleteDead(store);
    return arriving.of(store.resolve(name));
  }

  /** What a server that was killed left behind. */
  private static void deleteDead(Path store) {
    try (DirectoryStream<Path> partials = Files.newDirectoryStream(store, ".*" + Arrival.PARTIAL)) {
      for (Path partial : partials) {
        Instant touched = Files.getLastModifiedTime(partial).toInstant();
        if (touched.isBefore(Instant.now().minus(DEAD))) {
          Files.deleteIfExists(partial);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      log.warn("the model store cannot be tidied: {}", Shown.reason(e));
    }
  }

  /** Where a file of the store was downloaded from, as messages show it; empty if it was not. */
  public Optional<String> origin(String name) {
    Path file = store().resolve(name);
    try {
      return Files.exists(file) ? Downloaded.of(file).map(Downloaded::from) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether {@link #open} would find something under that name.
   *
   * @throws ServingException with {@link ErrorCode#MODEL_NOT_FOUND} if there is no store
   */
  public boolean holds(String url) {
    return find(store(), url).isPresent();
  }

  /**
   * The names of all models in the store, for {@code load_models=all}: archives, and directories
   * that look like one; hidden files are left out. Sorted.
   *
   * @throws ServingException with {@link ErrorCode#MODEL_NOT_FOUND} if there is no store
   */
  public List<String> list() {
    try {
      StoreContents contents = StoreContents.of(store());
      contents.unreadable().forEach(what -> log.warn("the model store: {}", what));
      return Stream.concat(contents.archives().stream(), contents.models().stream())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.MODEL_NOT_FOUND, "Model store cannot be read: " + Shown.reason(e), e);
    }
  }

  private Path store() {
    Path store =
        configured.orElseThrow(
            () ->
                new ServingException(
                    ErrorCode.MODEL_NOT_FOUND, "Model store has not been configured."));
    try {
      return store.toRealPath();
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.MODEL_NOT_FOUND, "Model store path is not found: " + store, e);
    }
  }

  private static void checkUrl(String url) {
    if (url.isEmpty()) {
      throw new ServingException(ErrorCode.MODEL_NOT_FOUND, "empty url");
    }
    if (url.contains("..")) {
      throw new ServingException(
          ErrorCode.MODEL_NOT_FOUND, "Relative path is not allowed in url: " + url);
    }
    if (URL.matcher(url).matches()) {
      throw notFound(url, " (expected: a file name in the model store)");
    }
  }

  private static Optional<Path> find(Path store, String url) {
    try {
      Path path = store.resolve(url).normalize();
      Optional<Path> inside = real(path).filter(real -> real.startsWith(store));
      if (inside.isPresent() && (inside.get().equals(store) || Path.of(url).isAbsolute())) {
        return Optional.of(path);
      }
      Path byName = store.resolve(lastSegment(url));
      if (Files.isRegularFile(byName)) {
        return Optional.of(byName);
      }
      if (inside.isPresent()) {
        return Optional.of(path);
      }
      return !byName.equals(store) && Files.isDirectory(byName)
          ? Optional.of(byName)
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static String lastSegment(String url) {
    String path = url.replace('\\', '/');
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(path.lastIndexOf('/', end - 1) + 1, end);
  }

  private static Optional<Path> real(Path path) {
    try {
      return Optional.of(path.toRealPath());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String fileName(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static ServingException notFound(String url) {
    boolean absolute = url.startsWith("/");
    return notFound(url, absolute ? " (only what lies in the model store can be served)" : "");
  }

  private static ServingException notFound(String url, String why) {
    return new ServingException(ErrorCode.MODEL_NOT_FOUND, "Model not found at: " + url + why);
  }
}
