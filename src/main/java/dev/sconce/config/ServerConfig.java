package dev.sconce.config;

import dev.sconce.archive.StoreSettings;
import dev.sconce.http.HttpSettings;
import dev.sconce.model.ModelSettings;
import dev.sconce.snapshot.SnapshotSettings;
import dev.sconce.torch.EngineSettings;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Everything a server is told before it starts.
 *
 * @param inferenceAddress where requests for models are answered
 * @param managementAddress where models are registered and described
 * @param metricsAddress where Prometheus reads; empty if nowhere
 * @param http how connections are treated
 * @param store where archives lie
 * @param models what holds for a model unless it says otherwise
 * @param engine how libtorch is started
 * @param startupModels what to load, in this order
 * @param loadAllModels whether to load everything in the store besides
 * @param remoteManagement whether the management API answers callers from other machines
 * @param modelApi whether models may be registered and unregistered while the server runs
 * @param maxPicturePixels the largest picture that is decoded, width times height
 * @param snapshots whether snapshots are written, and what is restored from one
 * @param unused keys of the file that mean nothing here
 */
public record ServerConfig(
    InetSocketAddress inferenceAddress,
    InetSocketAddress managementAddress,
    Optional<InetSocketAddress> metricsAddress,
    HttpSettings http,
    StoreSettings store,
    ModelSettings models,
    EngineSettings engine,
    List<StartupModel> startupModels,
    boolean loadAllModels,
    boolean remoteManagement,
    boolean modelApi,
    long maxPicturePixels,
    SnapshotSettings snapshots,
    List<String> unused) {

  /** Copies the lists. */
  public ServerConfig {
    startupModels = List.copyOf(startupModels);
    unused = List.copyOf(unused);
  }

  /**
   * A model to load at start.
   *
   * @param name the name to serve it under, if it is to be another than its own
   * @param url a file or directory of the store
   */
  public record StartupModel(Optional<String> name, String url) {}
}
