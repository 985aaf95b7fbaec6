package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Packs models as {@code torch-model-archiver} 0.12.0 does, readable for TorchServe and for {@link
 * ModelStore}. An archive appears under its name when it is complete, so a server that looks into
 * the same directory never sees half of one.
 */
public final class ArchiveWriter {
  /** The version of the original whose layout the archives have. */
  private static final String ARCHIVER_VERSION = "0.12.0";

  /** More than a configuration may have, so that what is cut off is refused all the same. */
  private static final int MAX_CONFIG_BYTES = 2 << 20;

  private static final Pattern MODEL_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_\\-.]*");
  private static final DateTimeFormatter CREATED_ON =
      DateTimeFormatter.ofPattern("dd/MM/yyyy HH:mm:ss");

  private final Path workingDirectory;
  private final Clock clock;

  /**
   * @param workingDirectory what relative paths are relative to
   * @param clock the time the manifests name, in its zone
   */
  public ArchiveWriter(Path workingDirectory, Clock clock) {
    this.workingDirectory = workingDirectory;
    this.clock = clock;
  }

  /**
   * What was written.
   *
   * @param path the archive or directory
   * @param files how many files went into it, the manifest not counted
   * @param warnings what the user should know of, though it is no failure
   */
  public record Written(Path path, int files, List<String> warnings) {
    /** Copies the list. */
    public Written {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Packs one model.
   *
   * @param exportPath the existing directory the archive goes into, as the user wrote it
   * @param overwrite whether an archive of that name may be replaced; a directory's other files
   *     stay
   * @throws ServingException with {@link ErrorCode#BAD_REQUEST} if something named does not exist,
   *     or exists already; with {@link ErrorCode#INTERNAL} if reading or writing fails
   */
  public Written write(
      ArchiveRequest request, ArchiveFormat format, String exportPath, boolean overwrite) {
    try {
      checkName(request.modelName());
      Path target = directory(exportPath).resolve(format.fileName(request.modelName()));
      List<String> warnings = new ArrayList<>(checkTarget(target, overwrite));
      return write(request, format, target, warnings);
    } catch (IOException | UncheckedIOException e) {
      throw new ServingException(
          ErrorCode.INTERNAL, request.modelName() + ": cannot be packed: " + e, e);
    } catch (InvalidPathException e) {
      throw refused(e.getInput() + " (expected: a name this locale can write; set LC_ALL=C.UTF-8)");
    }
  }

  private Written write(
      ArchiveRequest request, ArchiveFormat format, Path target, List<String> warnings)
      throws IOException {
    HandlerArgument handler =
        HandlerArgument.of(request.handler(), request.runtime(), workingDirectory);
    if (handler.unchecked()) {
      warnings.add(
          "--handler: "
              + request.handler()
              + " is no file here, so the server has to know it as a handler or Java class");
    }
    ArchiveFiles files = collect(request, handler);
    warnings.addAll(files.warnings());
    warnings.addAll(configWarnings(request));
    String manifest = ManifestJson.write(manifest(request, handler));
    // What cannot be read back is not written.
    ManifestJson.parse(
        String.valueOf(target.getFileName()), manifest.getBytes(StandardCharsets.UTF_8));
    new PackedFiles(request.modelName(), files.files(), manifest).write(format, target);
    return new Written(target, files.files().size(), warnings);
  }

  private static void checkName(String modelName) {
    if (!MODEL_NAME.matcher(modelName).matches()) {
      throw refused(
          "--model-name: "
              + modelName
              + " (expected: letters, digits, '_', '-' and '.', with a letter or digit first)");
    }
  }

  private Path directory(String exportPath) {
    Path directory = workingDirectory.resolve(exportPath);
    if (!Files.isDirectory(directory)) {
      throw refused("--export-path: " + exportPath + " (expected: an existing directory)");
    }
    return directory;
  }

  private static List<String> checkTarget(Path target, boolean overwrite) {
    if (!Files.exists(target)) {
      return List.of();
    }
    if (!overwrite) {
      throw refused(target + " already exists (add --force to overwrite it)");
    }
    return List.of("overwriting " + target);
  }

  private ArchiveFiles collect(ArchiveRequest request, HandlerArgument handler) throws IOException {
    ArchiveFiles files = new ArchiveFiles(workingDirectory);
    add(files, "--model-file", request.modelFile());
    add(files, "--serialized-file", request.serializedFile());
    add(files, "--handler", handler.file());
    if (request.extraFiles().isPresent()) {
      files.addExtra(request.extraFiles().get());
    }
    add(files, "--requirements-file", request.requirementsFile());
    add(files, "--config-file", request.configFile());
    return files;
  }

  private static void add(ArchiveFiles files, String flag, Optional<String> file)
      throws IOException {
    if (file.isPresent()) {
      files.add(flag, file.get());
    }
  }

  /** What this server would refuse; another one may take it. */
  private List<String> configWarnings(ArchiveRequest request) throws IOException {
    if (request.configFile().isEmpty()) {
      return List.of();
    }
    String file = request.configFile().get();
    try (InputStream in = Files.newInputStream(workingDirectory.resolve(file))) {
      ModelConfig.parse(file, in.readNBytes(MAX_CONFIG_BYTES));
      return List.of();
    } catch (ServingException e) {
      return List.of(e.getMessage());
    }
  }

  private Manifest manifest(ArchiveRequest request, HandlerArgument handler) {
    return new Manifest(
        request.modelName(),
        request.modelVersion(),
        request.runtime(),
        Optional.of(handler.manifestName()),
        request.serializedFile().map(ArchiveWriter::fileName),
        request.modelFile().map(ArchiveWriter::fileName),
        request.configFile().map(ArchiveWriter::fileName),
        request.requirementsFile().map(ArchiveWriter::fileName),
        Optional.empty(),
        Optional.of(CREATED_ON.format(ZonedDateTime.now(clock))),
        Optional.of(ARCHIVER_VERSION));
  }

  private static String fileName(String path) {
    return String.valueOf(Path.of(path).getFileName());
  }

  private static ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }
}
