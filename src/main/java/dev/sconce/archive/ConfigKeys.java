package dev.sconce.archive;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The keys of a configuration, as far as their values are what they should be. */
final class ConfigKeys {
  private final Map<String, Object> values;
  private final Faults faults;

  ConfigKeys(Map<String, Object> values, Faults faults) {
    this.values = values;
    this.faults = faults;
  }

  /** A whole number, {@code least} or more. */
  Optional<Integer> integer(String key, int least) {
    return typed(
        key,
        "a whole number >= " + least,
        value ->
            value instanceof Integer number && number >= least
                ? Optional.of(number)
                : Optional.empty());
  }

  Optional<Boolean> flag(String key) {
    return typed(
        key,
        "true or false",
        value -> value instanceof Boolean flag ? Optional.of(flag) : Optional.empty());
  }

  /** A handler's name; a map under this key is the handler's own. */
  Optional<String> handler() {
    if (values.get("handler") instanceof Map) {
      return Optional.empty();
    }
    return typed(
        "handler",
        "a handler's name",
        value ->
            value instanceof String name && !name.isBlank() ? Optional.of(name) : Optional.empty());
  }

  Optional<ModelConfig.DeviceType> deviceType() {
    return typed(
        "deviceType",
        "cpu or gpu",
        value ->
            switch (value.toString().toLowerCase(Locale.ROOT)) {
              case "cpu" -> Optional.of(ModelConfig.DeviceType.CPU);
              case "gpu" -> Optional.of(ModelConfig.DeviceType.GPU);
              default -> Optional.empty();
            });
  }

  /** Indices of GPUs; an empty list if the key is absent. */
  List<Integer> deviceIds() {
    return typed("deviceIds", "a list of whole numbers >= 0", ConfigKeys::indices)
        .orElse(List.of());
  }

  private static Optional<List<Integer>> indices(Object value) {
    if (value instanceof List<?> list
        && list.stream().allMatch(v -> v instanceof Integer index && index >= 0)) {
      return Optional.of(list.stream().map(Integer.class::cast).toList());
    }
    return Optional.empty();
  }

  /** What {@code read} makes of a key's value; a fault if it makes nothing of it. */
  private <T> Optional<T> typed(String key, String expected, Function<Object, Optional<T>> read) {
    Optional<Object> value = Optional.ofNullable(values.get(key));
    Optional<T> typed = value.flatMap(read);
    if (typed.isEmpty()) {
      value.ifPresent(v -> faults.add(key, v, expected));
    }
    return typed;
  }
}
