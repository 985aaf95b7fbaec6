package dev.sconce.config;

import dev.sconce.envelope.Envelope;
import dev.sconce.model.ModelSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** The keys of what holds for models that do not say otherwise. */
final class ModelKeys {
  /** A year: {@code debug=true} is for those who stop a handler to look at it. */
  private static final Duration NO_LIMIT = Duration.ofDays(365);

  private ModelKeys() {}

  /**
   * The settings.
   *
   * @param single what the environment says of every model
   */
  static ModelSettings read(KeyReader keys, int mostWorkers, SingleModelValues single) {
    ModelSettings base = ModelSettings.defaults();
    boolean debug = keys.flag("debug", false);
    OptionalInt workers = keys.optionalInteger("default_workers_per_model", 0, mostWorkers);
    Duration everyResponse = keys.seconds("default_response_timeout", base.responseTimeout());
    Duration response = single.responseTimeout().orElse(everyResponse);
    Duration startup = keys.seconds("default_startup_timeout", base.startupTimeout());
    return new ModelSettings(
        debug ? OptionalInt.of(1) : either(single.minWorkers(), workers),
        debug ? OptionalInt.empty() : single.maxWorkers(),
        single.batchSize().orElse(base.batchSize()),
        single.maxBatchDelay().orElse(base.maxBatchDelay()),
        keys.integer("job_queue_size", base.queueCapacity(), 1),
        debug ? NO_LIMIT : response,
        debug ? NO_LIMIT : startup,
        keys.seconds("unregister_model_timeout", base.unregisterTimeout()),
        keys.text("default_service_handler"),
        envelope(keys),
        keys.flag("strict_handlers", false),
        keys.flag("allow_downloaded_jars", false),
        ModelsKey.read(keys));
  }

  private static OptionalInt either(OptionalInt first, OptionalInt second) {
    return first.isPresent() ? first : second;
  }

  private static Optional<Envelope> envelope(KeyReader keys) {
    String key = "service_envelope";
    Optional<String> name = keys.text(key);
    Optional<Envelope> envelope = name.flatMap(Envelope::of);
    if (envelope.isEmpty()) {
      name.ifPresent(value -> keys.fault(key, value, "one of " + Envelope.wireNames()));
    }
    return envelope;
  }
}
