package dev.sconce;

import dev.sconce.api.DescriptionJson;
import dev.sconce.api.ErrorResponses;
import dev.sconce.api.InferenceApi;
import dev.sconce.api.InvocationsApi;
import dev.sconce.api.ManagementApi;
import dev.sconce.api.MetricsApi;
import dev.sconce.auth.Doorkeeper;
import dev.sconce.config.Doors;
import dev.sconce.config.ServerConfig;
import dev.sconce.http.Filter;
import dev.sconce.http.Listener;
import dev.sconce.http.Router;
import dev.sconce.http.TlsIdentity;
import dev.sconce.metrics.AvailableMemory;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.metrics.ProcessMemory;
import dev.sconce.model.Models;
import dev.sconce.sagemaker.ExecutionParameters;
import dev.sconce.sagemaker.LocalEndpoints;
import dev.sconce.sagemaker.MultiModelApi;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every API at the address that the configuration gives it. */
final class Apis {
  private static final Logger log = LoggerFactory.getLogger(Apis.class);

  private final ServerConfig config;
  private final Models models;
  private final MetricRegistry metrics;
  private final Doorkeeper doorkeeper;
  private final Optional<LocalEndpoints> localEndpoints;
  private final Executor executor;

  /**
   * APIs in front of these rooms.
   *
   * @param executor runs what may block
   */
  Apis(
      ServerConfig config,
      Models models,
      MetricRegistry metrics,
      Doorkeeper doorkeeper,
      Optional<LocalEndpoints> localEndpoints,
      Executor executor) {
    this.config = config;
    this.models = models;
    this.metrics = metrics;
    this.doorkeeper = doorkeeper;
    this.localEndpoints = localEndpoints;
    this.executor = executor;
  }

  /** A listener for each address: inference, management, metrics; fewer if some share one. */
  List<Listener> listeners(ErrorResponses errors) {
    Doors doors = config.doors();
    Sites sites = new Sites(errors);
    Router.Builder inference = sites.at(doors.inference());
    addInference(inference);
    doors.management().map(sites::at).ifPresent(router -> addManagement(router, inference));
    doors.metrics().ifPresent(address -> new MetricsApi(metrics).addTo(sites.at(address)));
    return sites.listeners(identity(doors), doors.cors());
  }

  /** Where SageMaker loads and unloads, a server is healthy whatever becomes of single models. */
  private void addInference(Router.Builder router) {
    boolean multiModel = config.sageMaker().multiModel();
    Filter guard = doorkeeper.inference();
    new InvocationsApi(models).addTo(router, guard, multiModel ? Filter.OPEN : guard);
    new ExecutionParameters(models.catalog(), config.sageMaker(), config.http().maxBodyBytes())
        .addTo(router, guard);
    new InferenceApi(models, () -> multiModel || models.inference().isHealthy())
        .addTo(router, guard);
    localEndpoints.ifPresent(local -> local.addTo(router, doorkeeper.inferenceThatWrites()));
    if (multiModel) {
      multiModelApi().addTo(router, doorkeeper.anyoneButForeignPages());
    }
  }

  private MultiModelApi multiModelApi() {
    AvailableMemory memory = AvailableMemory.ofThisProcess();
    return new MultiModelApi(
        models,
        config.store().modelStore().map(Path::toAbsolutePath).orElse(Path.of("/opt/ml/models")),
        Math.max(config.models().defaultWorkers().orElse(1), 1),
        new MultiModelApi.Machine(
            memory::bytes, ProcessMemory::giveBack, Machine.temporaryFilesTakeMemory(), executor));
  }

  private void addManagement(Router.Builder router, Router.Builder inference) {
    if (config.sageMaker().multiModel() && router == inference) {
      log.info("No management API: its address is the inference API's, where SageMaker manages");
      return;
    }
    DescriptionJson descriptions =
        new DescriptionJson(ProcessHandle.current().pid(), ProcessMemory::residentBytes);
    new ManagementApi(models, descriptions, config.modelApi())
        .addTo(router, doorkeeper.management());
    doorkeeper.addTo(router);
  }

  private static Optional<TlsIdentity> identity(Doors doors) {
    if (!doors.tls() || doors.identity().isPresent()) {
      return doors.identity();
    }
    log.info("TLS: neither keystore nor certificate_file is set; a certificate is made");
    return Optional.of(TlsIdentity.selfSigned(Instant.now()));
  }
}
