package dev.sconce.model;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The models by name and version. Each name has a default version: the first one registered, until
 * another is chosen.
 *
 * <p>Safe from any thread: readers see one immutable state, writers replace it under this object's
 * lock.
 */
final class ModelRegistry {
  private volatile State state = new State(Collections.emptySortedMap(), Set.of());

  /** Whether models are only taken out any more; belongs to the lock. */
  private boolean closed;

  /**
   * @param models by name
   * @param missing what was asked for at start and is not ready, by what it was registered as
   */
  private record State(SortedMap<String, Versions> models, Set<String> missing) {
    State with(String name, @Nullable Versions versions) {
      SortedMap<String, Versions> changed = new TreeMap<>(models);
      if (versions == null) {
        changed.remove(name);
      } else {
        changed.put(name, versions);
      }
      return new State(Collections.unmodifiableSortedMap(changed), missing);
    }
  }

  private record Versions(String byDefault, SortedMap<String, ServedModel> all) {
    Versions with(ServedModel added) {
      SortedMap<String, ServedModel> changed = new TreeMap<>(all);
      changed.put(added.key().version(), added);
      return new Versions(byDefault, changed);
    }

    Versions without(String version) {
      SortedMap<String, ServedModel> changed = new TreeMap<>(all);
      changed.remove(version);
      boolean lostDefault = version.equals(byDefault) && !changed.isEmpty();
      return new Versions(lostDefault ? changed.lastKey() : byDefault, changed);
    }
  }

  /**
   * Adds a model version.
   *
   * @throws ServingException {@code CONFLICT} if it is there already, {@code STOPPING} once the
   *     registry is closed
   */
  synchronized void add(ServedModel model) {
    if (closed) {
      throw new ServingException(ErrorCode.STOPPING, "the server is stopping");
    }
    String name = model.key().name();
    String version = model.key().version();
    @Nullable Versions versions = state.models.get(name);
    if (versions == null) {
      versions = new Versions(version, Collections.emptySortedMap());
    }
    if (versions.all.containsKey(version)) {
      throw new ServingException(
          ErrorCode.CONFLICT,
          "Model version " + version + " is already registered for model " + name);
    }
    state = state.with(name, versions.with(model));
  }

  /**
   * Takes a model version out.
   *
   * @param version the default one if empty
   * @throws ServingException {@code MODEL_NOT_FOUND}, {@code MODEL_VERSION_NOT_FOUND}, or {@code
   *     INVALID_MODEL_VERSION} if it is the default one and not the only one
   */
  synchronized ServedModel remove(String name, Optional<String> version) {
    ServedModel model = find(name, version);
    Versions versions = versionsOf(name);
    if (versions.all.size() > 1 && model.key().version().equals(versions.byDefault)) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL_VERSION, "Cannot remove default version for model " + name);
    }
    discard(model);
    return model;
  }

  /** Takes a model version out, even if it is the default one; does nothing if it is gone. */
  synchronized void discard(ServedModel model) {
    String name = model.key().name();
    @Nullable Versions versions = state.models.get(name);
    if (versions == null || versions.all.get(model.key().version()) != model) {
      return;
    }
    Versions left = versions.without(model.key().version());
    state = state.with(name, left.all.isEmpty() ? null : left);
  }

  /**
   * Makes a version the default one.
   *
   * @throws ServingException {@code MODEL_NOT_FOUND} or {@code MODEL_VERSION_NOT_FOUND}
   */
  synchronized void setDefault(String name, String version) {
    Versions versions = versionsOf(name);
    if (!versions.all.containsKey(version)) {
      throw new ServingException(
          ErrorCode.MODEL_VERSION_NOT_FOUND,
          "Model version " + version + " does not exist for model " + name);
    }
    state = state.with(name, new Versions(version, versions.all));
  }

  /**
   * The model version a request names.
   *
   * @param version the default one if empty
   * @throws ServingException {@code MODEL_NOT_FOUND} or {@code MODEL_VERSION_NOT_FOUND}
   */
  ServedModel find(String name, Optional<String> version) {
    Versions versions = versionsOf(name);
    String wanted = version.orElse(versions.byDefault);
    @Nullable ServedModel model = versions.all.get(wanted);
    if (model == null) {
      throw new ServingException(
          ErrorCode.MODEL_VERSION_NOT_FOUND,
          "Model version: " + wanted + " does not exist for model: " + name);
    }
    return model;
  }

  /**
   * Every version of a model, in the order of their names.
   *
   * @throws ServingException {@code MODEL_NOT_FOUND}
   */
  Collection<ServedModel> versions(String name) {
    return versionsOf(name).all.values();
  }

  /** The default version of every model, sorted by name. */
  List<ServedModel> defaults() {
    return state.models.values().stream()
        .flatMap(versions -> Optional.ofNullable(versions.all.get(versions.byDefault)).stream())
        .toList();
  }

  /** Every version of every model, and whether it is its model's default one. */
  Map<ServedModel, Boolean> all() {
    Map<ServedModel, Boolean> all = new LinkedHashMap<>();
    for (Versions versions : state.models.values()) {
      versions.all.forEach((version, model) -> all.put(model, version.equals(versions.byDefault)));
    }
    return all;
  }

  /** Takes no further model in. */
  synchronized void refuseMore() {
    closed = true;
  }

  /** Takes every version of every model out, and none in from now on. */
  synchronized List<ServedModel> close() {
    closed = true;
    List<ServedModel> all =
        state.models.values().stream().flatMap(v -> v.all.values().stream()).toList();
    state = new State(Collections.emptySortedMap(), state.missing);
    return all;
  }

  /** Remembers that a model asked for at start is not ready. */
  synchronized void markMissing(String url) {
    Set<String> missing = new HashSet<>(state.missing);
    missing.add(url);
    state = new State(state.models, Set.copyOf(missing));
  }

  /** Forgets that it was not. */
  synchronized void markPresent(String url) {
    Set<String> missing = new HashSet<>(state.missing);
    missing.remove(url);
    state = new State(state.models, Set.copyOf(missing));
  }

  /** Whether every model has what it requires and none is missing; see {@link ServedModel}. */
  boolean isHealthy() {
    return state.missing.isEmpty() && defaults().stream().allMatch(ServedModel::isHealthy);
  }

  private Versions versionsOf(String name) {
    @Nullable Versions versions = state.models.get(name);
    if (versions == null) {
      throw new ServingException(ErrorCode.MODEL_NOT_FOUND, "Model not found: " + name);
    }
    return versions;
  }
}
