package dev.sconce.weights;

import dev.sconce.error.ServingException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of a network: tensors by name, in the order of their file.
 *
 * <p>Read from {@code torch.save}'s zip and legacy formats and from safetensors. Wrappers such as
 * {@code {'state_dict': ..., 'epoch': 3}} are unwrapped, and prefixes that all names share because
 * a module was wrapped for training are taken off. Nothing in the file is executed; a file that
 * holds more than data is refused.
 *
 * <p>Immutable and safe for use by several threads. Values stay in the memory-mapped file, which
 * must not be cut short while a tensor of it is in use.
 */
public final class StateDict {

  /** What {@code DataParallel}, {@code DistributedDataParallel} and {@code torch.compile} add. */
  private static final List<String> WRAPPER_PREFIXES = List.of("module.", "_orig_mod.");

  /** The counter that {@code torch.optim.swa_utils.AveragedModel} keeps beside its module. */
  private static final String AVERAGED_COUNTER = "n_averaged";

  private static final int DEEPEST_WRAPPING = 4;

  private final String fileName;
  private final Map<String, Tensor> tensors;
  private final Map<String, Long> moduleVersions;

  /**
   * Tensors of a file, under the names that they have there.
   *
   * @param moduleVersions by the module's path, {@code ""} for the outermost
   */
  StateDict(String fileName, Map<String, Tensor> tensors, Map<String, Long> moduleVersions) {
    this.fileName = fileName;
    this.tensors = Collections.unmodifiableMap(tensors);
    this.moduleVersions = Collections.unmodifiableMap(moduleVersions);
  }

  /**
   * The state dict that {@code file} holds, whatever its name.
   *
   * @throws ServingException with {@code INVALID_MODEL} if it holds none, asks for anything but
   *     data, is damaged, or is a TorchScript archive; the message begins with the file's name
   */
  public static StateDict read(Path file) {
    try (WeightsFile open = WeightsFile.open(file)) {
      StateDict asSaved =
          switch (WeightsFormat.of(open)) {
            case TORCH_ZIP -> of(open.source(), TorchZipFile.open(open));
            case TORCH_LEGACY -> of(open.source(), TorchLegacyFile.open(open));
            case SAFETENSORS -> SafetensorsFile.read(open);
            case TORCHSCRIPT -> throw other(open.source(), "a TorchScript archive");
          };
      return asSaved.withoutWrapperPrefixes();
    }
  }

  private static StateDict of(Source source, TorchFile file) {
    Optional<String> learner = file.type().filter(Learner::isLearner);
    if (learner.isPresent()) {
      throw other(source, "a fast.ai learner, as learn.export writes it");
    }
    return file.load(Checkpoint.of(source, file.value(new StateDictGlobals())));
  }

  private static ServingException other(Source source, String what) {
    return source.fault(
        "is "
            + what
            + " (expected: a state dict, as torch.save(model.state_dict(), path) writes it)");
  }

  /** The name of the file, without its folder. */
  public String fileName() {
    return fileName;
  }

  /** All tensors by name, in the file's order; not to be changed. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** The tensor of that name. */
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /**
   * The tensors whose name begins with {@code prefix}, such as {@code encoder.}, under the rest of
   * their name; empty if there are none.
   */
  public StateDict sub(String prefix) {
    Map<String, Tensor> within = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            within.put(name.substring(prefix.length()), tensor);
          }
        });
    Map<String, Long> versions = new LinkedHashMap<>();
    moduleVersions.forEach(
        (module, version) -> {
          String path = module + ".";
          if (path.startsWith(prefix)) {
            String rest = path.substring(prefix.length());
            versions.put(rest.isEmpty() ? "" : rest.substring(0, rest.length() - 1), version);
          }
        });
    return new StateDict(fileName, within, versions);
  }

  /** The version under which the module of that path was saved, if the file tells. */
  Optional<Long> moduleVersion(String module) {
    return Optional.ofNullable(moduleVersions.get(module));
  }

  private StateDict withoutWrapperPrefixes() {
    StateDict inner = this;
    for (int depth = 0; depth < DEEPEST_WRAPPING; depth++) {
      for (String prefix : WRAPPER_PREFIXES) {
        inner = inner.without(prefix);
      }
    }
    return inner;
  }

  /** This state dict inside {@code prefix} if there is nothing outside, else unchanged. */
  private StateDict without(String prefix) {
    StateDict inner = sub(prefix);
    long outside =
        tensors.keySet().stream()
            .filter(name -> !name.startsWith(prefix) && !name.equals(AVERAGED_COUNTER))
            .count();
    return outside > 0 || inner.tensors.isEmpty() ? this : inner;
  }
}
