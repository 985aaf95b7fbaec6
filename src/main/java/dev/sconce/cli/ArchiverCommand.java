package dev.sconce.cli;

import dev.sconce.archive.ArchiveFormat;
import dev.sconce.archive.ArchiveRequest;
import dev.sconce.archive.ArchiveWriter;
import dev.sconce.archive.ModelRuntime;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code torch-model-archiver}: packs a model for a model store, with the flags of the Python tool
 * of that name (its {@code arg_parser.py}, version 0.12.0), so that existing scripts run as they
 * are.
 *
 * <p>Exits as the original does: 0 when the archive is written, 1 when it cannot be, 2 when the
 * flags are wrong. A failure is one line on standard error.
 */
@Command(
    name = "torch-model-archiver",
    sortOptions = false,
    usageHelpWidth = 100,
    description = {
      "Packs a model's weights and the files it needs into one archive (.mar) that Sconce and"
          + " TorchServe can serve. Needs no Python.",
      ""
    },
    optionListHeading = "Options (* must be given):%n",
    requiredOptionMarker = '*',
    footer = {
      "",
      "Examples:",
      "  An image classifier saved as TorchScript:",
      "    torch-model-archiver --model-name resnet18 --version 1.0 \\",
      "      --serialized-file resnet18.pt --handler image_classifier \\",
      "      --extra-files index_to_name.json --export-path model-store",
      "  A twin network of two state dicts, replacing an earlier archive:",
      "    torch-model-archiver --model-name twin --version 1.0 \\",
      "      --serialized-file encoder_weight.pth --extra-files head_weight.pth \\",
      "      --handler handler.py --config-file model-config.yaml --export-path model-store -f",
      "  Then: curl -X POST 'http://localhost:8081/models?url=twin.mar'",
      "",
      "Exit code: 0 archive written, 1 not written, 2 wrong flags."
    })
final class ArchiverCommand implements Callable<Integer> {
  private final Path workingDirectory;
  private final Clock clock;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--model-name",
      required = true,
      paramLabel = "<name>",
      description =
          "The model's name in requests, and the archive's: <name>.mar. Letters, digits, '_', '-'"
              + " and '.'.")
  private String modelName = "";

  @Option(
      names = "--serialized-file",
      paramLabel = "<file>",
      description = "The weights: a state dict (.pth) or a TorchScript module (.pt).")
  private @Nullable String serializedFile;

  @Option(
      names = "--model-file",
      paramLabel = "<file>",
      description =
          "The Python file with the network's definition. Packed and named in the manifest; Sconce"
              + " reads the network from the weights and never runs it.")
  private @Nullable String modelFile;

  @Option(
      names = "--handler",
      required = true,
      paramLabel = "<handler>",
      description =
          "What turns requests into answers: the name of a built-in handler (image_classifier,"
              + " ...), a Java class (com.example.MyHandler), or a Python file (handler.py,"
              + " handler.py:function), which Sconce replaces by the built-in handler that fits the"
              + " weights.")
  private String handler = "";

  @Option(
      names = "--extra-files",
      paramLabel = "<a,b,...>",
      description =
          "More files, separated by commas: files, directories (their content, without the"
              + " directory itself) and patterns with *, ? and [...]. Given twice, the last counts.")
  private @Nullable String extraFiles;

  @Option(
      names = "--runtime",
      paramLabel = "<runtime>",
      converter = RuntimeConverter.class,
      description = "For TorchServe: python (the default), python3 or LSP.")
  private ModelRuntime runtime = ModelRuntime.PYTHON;

  @Option(
      names = "--export-path",
      paramLabel = "<directory>",
      description = "Where the archive goes: an existing directory. Default: the current one.")
  private String exportPath = "";

  @Option(
      names = "--archive-format",
      paramLabel = "<format>",
      converter = FormatConverter.class,
      description = {
        "default: <name>.mar, a compressed zip file.",
        "zip-store: <name>.mar, not compressed; quicker to write and to load.",
        "tgz: <name>.tar.gz, for SageMaker.",
        "no-archive: the directory <name>."
      })
  private ArchiveFormat format = ArchiveFormat.DEFAULT;

  @Option(
      names = {"-f", "--force"},
      description = "Overwrite an archive of the same name.")
  private boolean force;

  @Option(
      names = {"-v", "--version"},
      required = true,
      paramLabel = "<version>",
      description = "The model's version, as in 1.0.")
  private String version = "";

  @Option(
      names = {"-r", "--requirements-file"},
      paramLabel = "<file>",
      description = "The Python packages a Python handler needs. For TorchServe only.")
  private @Nullable String requirementsFile;

  @Option(
      names = {"-c", "--config-file"},
      paramLabel = "<file>",
      description = "The model's configuration (model-config.yaml): workers, batches, timeouts.")
  private @Nullable String configFile;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field
  private boolean help;

  private ArchiverCommand(Path workingDirectory, Clock clock) {
    this.workingDirectory = workingDirectory;
    this.clock = clock;
  }

  /**
   * The command with its parser.
   *
   * @param workingDirectory what relative paths are relative to
   * @param clock the time the manifest names
   */
  static CommandLine commandLine(Path workingDirectory, Clock clock) {
    return OneLineFailures.on(new CommandLine(new ArchiverCommand(workingDirectory, clock)))
        // Scripts repeat flags; as with the original, the last one counts.
        .setOverwrittenOptionsAllowed(true)
        .setAllowOptionsAsOptionParameters(false)
        .setUnmatchedOptionsAllowedAsOptionParameters(false)
        .setExpandAtFiles(false);
  }

  @Override
  public Integer call() {
    ArchiveWriter.Written written =
        new ArchiveWriter(workingDirectory, clock).write(request(), format, exportPath, force);
    CommandLine command = Optional.ofNullable(spec).orElseThrow().commandLine();
    for (String warning : written.warnings()) {
      command.getErr().println("torch-model-archiver: warning: " + warning);
    }
    String files = written.files() == 1 ? " file)" : " files)";
    command.getOut().println("Wrote " + written.path() + " (" + written.files() + files);
    return CommandLine.ExitCode.OK;
  }

  private ArchiveRequest request() {
    return new ArchiveRequest(
        modelName,
        version,
        runtime,
        handler,
        Optional.ofNullable(modelFile),
        Optional.ofNullable(serializedFile),
        Optional.ofNullable(extraFiles),
        Optional.ofNullable(requirementsFile),
        Optional.ofNullable(configFile));
  }

  /** Reads {@code --runtime}. */
  private static final class RuntimeConverter implements CommandLine.ITypeConverter<ModelRuntime> {
    @Override
    public ModelRuntime convert(String text) {
      return ModelRuntime.of(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      text + " (expected: one of " + ModelRuntime.wireNames() + ")"));
    }
  }

  /** Reads {@code --archive-format}. */
  private static final class FormatConverter implements CommandLine.ITypeConverter<ArchiveFormat> {
    @Override
    public ArchiveFormat convert(String text) {
      return ArchiveFormat.of(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      text + " (expected: one of " + ArchiveFormat.wireNames() + ")"));
    }
  }
}
