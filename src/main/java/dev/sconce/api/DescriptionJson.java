package dev.sconce.api;

import dev.sconce.handler.Device;
import dev.sconce.model.ModelDescription;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * A model's description with TorchServe's members in TorchServe's order, then ours: {@code
 * handler}, which says what serves and what was not run, and {@code failure}, which says why
 * workers are missing for good, if they are.
 */
public final class DescriptionJson {
  private static final DateTimeFormatter START_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final long processId;
  private final LongSupplier residentBytes;

  /**
   * A writer of descriptions.
   *
   * @param processId the server's; its workers are threads of that process
   * @param residentBytes what the process takes of the machine's memory now, shared by all workers
   */
  public DescriptionJson(long processId, LongSupplier residentBytes) {
    this.processId = processId;
    this.residentBytes = residentBytes;
  }

  /** The description of a model, with what its handler says of itself where TorchServe has it. */
  Map<String, Object> customized(ModelDescription model) {
    Map<String, Object> json = of(model);
    Object handler = Objects.requireNonNull(json.remove("handler"));
    json.put("customizedMetadata", model.handler().facts());
    json.put("handler", handler);
    return json;
  }

  Map<String, Object> of(ModelDescription model) {
    List<Device> devices = model.devices();
    boolean gpu = devices.get(0).isGpu();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("modelName", model.key().name());
    json.put("modelVersion", model.key().version());
    json.put("modelUrl", model.url());
    json.put("runtime", model.runtime());
    json.put("minWorkers", model.minWorkers());
    json.put("maxWorkers", model.maxWorkers());
    json.put("batchSize", model.batchSize());
    json.put("maxBatchDelay", model.maxBatchDelay().toMillis());
    json.put("responseTimeout", model.responseTimeout().toSeconds());
    json.put("startupTimeout", model.startupTimeout().toSeconds());
    json.put("maxRetryTimeoutInSec", model.maxRetryTimeout().toSeconds());
    json.put("clientTimeoutInMills", model.clientTimeout().toMillis());
    json.put("parallelType", "");
    json.put("parallelLevel", 0);
    json.put("deviceType", gpu ? "gpu" : "cpu");
    json.put("deviceIds", gpu ? devices.stream().map(Device::index).toList() : null);
    addFeatures(json, model.useJobTicket());
    json.put("loadedAtStartup", model.loadedAtStartup());
    json.put("workers", model.workers().stream().map(this::worker).toList());
    json.put("jobQueueStatus", queue(model));
    json.put("handler", handler(model));
    json.put("failure", model.failure().orElse(null));
    return json;
  }

  /** Most of these this server does not have; TorchServe's clients look for the members. */
  private static void addFeatures(Map<String, Object> json, boolean useJobTicket) {
    json.put("continuousBatching", false);
    json.put("useJobTicket", useJobTicket);
    json.put("useVenv", false);
    json.put("stateful", false);
    json.put("sequenceMaxIdleMSec", 0);
    json.put("sequenceTimeoutMSec", 0);
    json.put("maxNumSequence", 0);
    json.put("maxSequenceJobQueueSize", 0);
  }

  private Map<String, Object> worker(ModelDescription.Worker worker) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", "" + worker.id());
    json.put("startTime", START_TIME.format(worker.startTime()));
    json.put("status", worker.state());
    json.put("memoryUsage", residentBytes.getAsLong());
    json.put("pid", processId);
    json.put("gpu", worker.device().isGpu());
    json.put("gpuUsage", "N/A");
    return json;
  }

  private static Map<String, Object> queue(ModelDescription model) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("remainingCapacity", model.queueCapacity() - model.pendingRequests());
    json.put("pendingRequests", model.pendingRequests());
    return json;
  }

  private static Map<String, Object> handler(ModelDescription model) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", model.handler().name());
    json.put("notRun", model.handler().notRun().orElse(null));
    json.putAll(model.handler().facts());
    return json;
  }
}
