package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Opens one archive file or plain directory of the store. Safe for use by several threads. */
final class ArchiveReader {
  private static final int MAX_TEXT_BYTES = 1 << 20;

  /** Other archives may be what a model needs besides its weights. */
  private static final String PACKED = ".mar";

  private final Path temporaryDirectory;
  private final ExtractionLimits limits;

  ArchiveReader(StoreSettings settings) {
    this.temporaryDirectory = settings.temporaryDirectory();
    this.limits = settings.limits();
  }

  /**
   * Unpacks {@code file} into a fresh directory only this user may enter, and reads it. If that
   * fails, nothing stays behind.
   *
   * @param url what the model was registered as
   * @param name the file name in it
   */
  ModelArchive openFile(String url, String name, Path file) {
    Optional<Downloaded> downloaded = downloaded(name, file);
    UnpackedArchive unpacked = UnpackedArchive.open(name, file, temporaryDirectory, limits);
    try {
      return read(url, name, unpacked.first(), downloaded, Optional.of(unpacked));
    } catch (RuntimeException | Error e) {
      unpacked.close();
      throw e;
    }
  }

  /**
   * Reads a plain directory where it is, or unpacks the archive that it holds, as SageMaker's model
   * data may: such an archive wins over loose files, but not over a manifest beside it.
   *
   * @param url what the model was registered as
   * @param name the directory's name in it
   * @param store the store's real path, which no link in the directory may leave
   */
  ModelArchive openDirectory(String url, String name, Path directory, Path store) {
    LinkGuard.check(name, directory, store);
    Optional<Path> packed = packedIn(name, top(directory));
    return packed.isPresent()
        ? openFile(url, String.valueOf(packed.get().getFileName()), packed.get())
        : read(url, name, directory, Optional.empty(), Optional.empty());
  }

  private static Optional<Path> packedIn(String name, Path top) {
    if (Files.exists(top.resolve(ManifestJson.FILE))) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(top)) {
      List<Path> packed =
          files
              .filter(file -> file.toString().endsWith(PACKED) && Files.isRegularFile(file))
              .sorted()
              .toList();
      if (packed.size() > 1) {
        throw refused(
            name, packed.stream().map(Path::getFileName).toList() + " (expected: one archive)");
      }
      return packed.stream().findFirst();
    } catch (IOException | UncheckedIOException e) {
      throw refused(name, "cannot be read: " + Shown.reason(e));
    }
  }

  private static Optional<Downloaded> downloaded(String name, Path file) {
    try {
      return Downloaded.of(file);
    } catch (IOException e) {
      throw refused(name, "its mark as downloaded cannot be read: " + Shown.reason(e));
    }
  }

  private static ModelArchive read(
      String url,
      String name,
      Path directory,
      Optional<Downloaded> downloaded,
      Optional<UnpackedArchive> unpacked) {
    Path top = top(directory);
    Manifest manifest =
        text(name, top, ManifestJson.FILE)
            .map(json -> ManifestJson.parse(name, json))
            .orElseGet(() -> Manifest.empty(name));
    Path within = directory.relativize(top);
    return new ModelArchive(
        url, directory, within, manifest, config(name, top, manifest), downloaded, unpacked);
  }

  private static ModelConfig config(String name, Path top, Manifest manifest) {
    String file = manifest.configFile().orElse(ModelConfig.FILE);
    Optional<byte[]> yaml = text(name, top, file);
    if (yaml.isEmpty() && manifest.configFile().isPresent()) {
      throw refused(name, file + ": not in the archive (the manifest's configFile names it)");
    }
    return yaml.map(bytes -> ModelConfig.parse(name + ": " + file, bytes))
        .orElse(ModelConfig.EMPTY);
  }

  /**
   * Where the model's files are: {@code directory}, or the one directory in it, which archives made
   * with {@code tar} often have (TorchServe: {@code ZipUtils.java}, {@code ModelArchive.java}).
   * What an operating system adds on its own does not count.
   */
  static Path top(Path directory) {
    List<Path> visible;
    try (Stream<Path> children = Files.list(directory)) {
      visible = children.filter(ArchiveReader::counts).limit(2).toList();
    } catch (IOException | UncheckedIOException e) {
      throw refused(String.valueOf(directory.getFileName()), "cannot be read: " + Shown.reason(e));
    }
    if (visible.size() != 1 || !Files.isDirectory(visible.get(0))) {
      return directory;
    }
    return visible.get(0).endsWith("MAR-INF") ? directory : visible.get(0);
  }

  private static boolean counts(Path child) {
    String name = String.valueOf(child.getFileName());
    return !name.startsWith(".") && !name.equals("__MACOSX");
  }

  private static Optional<byte[]> text(String name, Path top, String file) {
    Path path = top.resolve(file);
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MAX_TEXT_BYTES + 1);
      if (bytes.length > MAX_TEXT_BYTES) {
        throw refused(name, file + ": larger than " + MAX_TEXT_BYTES + " bytes");
      }
      return Optional.of(bytes);
    } catch (IOException e) {
      throw refused(name, file + ": cannot be read: " + Shown.reason(e));
    }
  }

  private static ServingException refused(String archive, String why) {
    return new ServingException(ErrorCode.INVALID_MODEL, archive + ": " + why);
  }
}
