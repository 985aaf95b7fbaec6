package dev.sconce.config;

import dev.sconce.archive.StoreSettings;
import dev.sconce.auth.AuthSettings;
import dev.sconce.download.DownloadSettings;
import dev.sconce.http.HttpSettings;
import dev.sconce.logs.LogFormat;
import dev.sconce.logs.LogLevel;
import dev.sconce.metrics.MetricsSettings;
import dev.sconce.model.ModelSettings;
import dev.sconce.sagemaker.SageMakerSettings;
import dev.sconce.snapshot.SnapshotSettings;
import dev.sconce.torch.EngineSettings;
import java.util.List;
import java.util.Optional;

/**
 * Everything a server is told before it starts.
 *
 * @param doors where the APIs are found
 * @param auth who has to show a token
 * @param http how connections are treated
 * @param store where archives lie
 * @param downloads which archives may be fetched by URL
 * @param models what holds for a model unless it says otherwise
 * @param engine how libtorch is started
 * @param startupModels what to load, in this order
 * @param loadAllModels whether to load everything in the store besides
 * @param mustServe whether a server that can serve none of them is to end
 * @param modelApi whether models may be registered and unregistered while the server runs
 * @param metrics what is measured and where it is told
 * @param logFormat how lines of the log are laid out
 * @param logLevel the least lines that are logged; empty for Logback's own rules
 * @param maxPicturePixels the largest picture that is decoded, width times height
 * @param snapshots whether snapshots are written, and what is restored from one
 * @param sageMaker what SageMaker says
 * @param scripts Python that SageMaker's container would run, and that is not run here
 * @param warnings what may not be what was meant
 * @param unused keys of the file that mean nothing here
 */
public record ServerConfig(
    Doors doors,
    AuthSettings auth,
    HttpSettings http,
    StoreSettings store,
    DownloadSettings downloads,
    ModelSettings models,
    EngineSettings engine,
    List<StartupModel> startupModels,
    boolean loadAllModels,
    boolean mustServe,
    boolean modelApi,
    MetricsSettings metrics,
    LogFormat logFormat,
    Optional<LogLevel> logLevel,
    long maxPicturePixels,
    SnapshotSettings snapshots,
    SageMakerSettings sageMaker,
    List<String> scripts,
    List<String> warnings,
    List<String> unused) {

  /** Copies the lists. */
  public ServerConfig {
    startupModels = List.copyOf(startupModels);
    scripts = List.copyOf(scripts);
    warnings = List.copyOf(warnings);
    unused = List.copyOf(unused);
  }

  /**
   * A model to load at start.
   *
   * @param name the name to serve it under, if it is to be another than its own
   * @param url a file or directory of the store, or a URL
   */
  public record StartupModel(Optional<String> name, String url) {}
}
