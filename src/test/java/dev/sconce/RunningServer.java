package dev.sconce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.config.ConfigLoader;
import dev.sconce.config.Overrides;
import dev.sconce.http.LeakCheck;
import dev.sconce.http.ListenAddress;
import dev.sconce.model.ModelDescription;
import dev.sconce.snapshot.SnapshotFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A whole server on free ports over a store of its own, configured as users configure it, and a
 * client for it.
 */
final class RunningServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    LeakCheck.install();
  }

  final Path store;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ModelServer server;
  private final List<String> failed;

  /**
   * Starts it and waits for its models.
   *
   * @param directory empty, for what is unpacked
   * @param models what to load, as {@code --models} takes it
   * @param lines of {@code config.properties}
   */
  RunningServer(Path directory, Path store, List<String> models, String... lines) throws Exception {
    this(store, directory, new Overrides(config(directory, lines), Optional.of(store), models));
    if (!failed.isEmpty()) {
      server.close();
      throw new IllegalStateException(failed + " cannot be served");
    }
  }

  private RunningServer(Path store, Path directory, Overrides overrides) throws Exception {
    this(store, directory, overrides, Map.of());
  }

  private RunningServer(
      Path store, Path directory, Overrides overrides, Map<String, String> environment)
      throws Exception {
    this.store = store;
    ConfigLoader loader =
        new ConfigLoader(Runtime.getRuntime().maxMemory(), directory, directory, environment);
    server = ModelServer.start(loader.load(overrides));
    failed = server.loadStartupModels().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * One as SageMaker runs it for a multi-model endpoint.
   *
   * @param container stands for the container's root directory, with {@code opt/ml/models}
   */
  static RunningServer withManyModels(Path directory, Path container, String... lines)
      throws Exception {
    Overrides overrides =
        new Overrides(
            config(directory, lines),
            Optional.empty(),
            Optional.empty(),
            Optional.of(container),
            Map.of());
    return new RunningServer(
        container.resolve("opt/ml/models"),
        directory,
        overrides,
        Map.of("SAGEMAKER_MULTI_MODEL", "True"));
  }

  /** One that serves although not all of {@code models} can be served. */
  static RunningServer withFailing(Path directory, Path store, List<String> models, String... lines)
      throws Exception {
    Overrides overrides = new Overrides(config(directory, lines), Optional.of(store), models);
    return new RunningServer(store, directory, overrides);
  }

  /**
   * One that writes snapshots, and goes on from the newest there is.
   *
   * @param models what to load if there is none yet
   */
  static RunningServer withSnapshots(Path directory, Path store, String models) throws Exception {
    Path snapshots = Files.createDirectories(directory.resolve("config"));
    Optional<Path> none =
        SnapshotFiles.newest(snapshots).isPresent()
            ? Optional.empty()
            : config(directory, "load_models=" + models, "default_workers_per_model=1");
    return new RunningServer(
        store,
        directory,
        new Overrides(none, Optional.of(snapshots), Overrides.keys(Optional.of(store), List.of())));
  }

  /** One started with {@code --sagemaker-local}. */
  static RunningServer withSageMakerLocal(
      Path directory, Path store, Path local, List<String> models, String... lines)
      throws Exception {
    return new RunningServer(
        store,
        directory,
        new Overrides(
            config(directory, lines),
            Optional.empty(),
            Optional.of(local),
            Optional.empty(),
            Overrides.keys(Optional.of(store), models)));
  }

  /** What {@code serve} starts in a container with that root directory, whatever it can serve. */
  static RunningServer inContainer(Path root) throws Exception {
    Optional<Path> config = config(root, "default_workers_per_model=1");
    Overrides overrides =
        new Overrides(config, Optional.empty(), Optional.empty(), Optional.of(root), Map.of());
    return new RunningServer(root.resolve("opt/ml/model"), root, overrides);
  }

  private static Optional<Path> config(Path directory, String... lines) throws IOException {
    Path config = directory.resolve("config.properties");
    Files.writeString(
        config,
        "inference_address=http://127.0.0.1:0\nmanagement_address=http://127.0.0.1:0\n"
            + "metrics_address=http://127.0.0.1:0\n"
            + String.join("\n", lines));
    return Optional.of(config);
  }

  /** Over a new store with {@code twin.mar} in it. */
  static RunningServer withArchive(Path directory, List<String> models, String... lines)
      throws Exception {
    Path store = Files.createDirectories(directory.resolve("store"));
    Files.copy(GoldenPairs.SERVED.resolve("twin.mar"), store.resolve("twin.mar"));
    return new RunningServer(directory, store, models, lines);
  }

  /** With one worker on {@code twin.mar}, served as {@code twin}. */
  static RunningServer withTwin(Path directory) throws Exception {
    return withArchive(directory, List.of("twin=twin.mar"), "default_workers_per_model=1");
  }

  /** The inference port's answer to a form. */
  HttpResponse<String> predict(MultipartForm form) throws Exception {
    return predict(form.contentType(), form.body());
  }

  /** The inference port's answer to any body. */
  HttpResponse<String> predict(String contentType, byte[] body) throws Exception {
    return send(predictRequest("twin", contentType, body));
  }

  HttpRequest predictRequest(String model, String contentType, byte[] body) {
    return inference("/predictions/" + model, contentType, body).build();
  }

  /** A form for the inference port. */
  HttpRequest.Builder inference(String path, MultipartForm form) {
    return inference(path, form.contentType(), form.body());
  }

  /** Any body for the inference port. */
  HttpRequest.Builder inference(String path, String contentType, byte[] body) {
    return request(0, path)
        .header("content-type", contentType)
        .POST(BodyPublishers.ofByteArray(body));
  }

  /** The inference port's answer to {@code curl …/predictions/MODEL -T FILE}. */
  HttpResponse<String> upload(String model, Path file) throws Exception {
    return send(request(0, "/predictions/" + model).PUT(BodyPublishers.ofFile(file)).build());
  }

  List<ModelDescription> models() {
    return server.models();
  }

  HttpResponse<String> ping() throws Exception {
    return send(request(0, "/ping").build());
  }

  /** The management port's answer. */
  HttpResponse<String> manage(String method, String path) throws Exception {
    return send(request(1, path).method(method, BodyPublishers.noBody()).build());
  }

  /** The management port's answer to parameters in a JSON body. */
  HttpResponse<String> manageByJson(String method, String path, String json) throws Exception {
    return send(
        request(1, path)
            .header("content-type", "application/json")
            .method(method, BodyPublishers.ofString(json))
            .build());
  }

  /** The metrics port's answer. */
  HttpResponse<String> metrics() throws Exception {
    return send(request(2, "/metrics").build());
  }

  /** The metrics, once they contain a text: answers are counted just after they were sent. */
  String metricsWith(String text) throws Exception {
    String metrics = metrics().body();
    while (!metrics.contains(text)) {
      metrics = metrics().body();
    }
    return metrics;
  }

  /** Where it listens: 0 for inference, 1 for management, 2 for metrics; they may share one. */
  SocketAddress address(int listener) {
    List<ListenAddress> all = server.addresses();
    return all.get(Math.min(listener, all.size() - 1)).socket();
  }

  private HttpRequest.Builder request(int listener, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(listener) + path))
        .timeout(PATIENCE);
  }

  /** The port of inference, management or metrics; they may share one. */
  int port(int listener) {
    return ((InetSocketAddress) address(listener)).getPort();
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  HttpClient client() {
    return client;
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    server.close();
  }
}
