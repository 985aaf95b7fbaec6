package dev.sconce.weights;

import java.util.Optional;

/** A file that {@code torch.save} wrote. Owned by the one thread that reads it. */
sealed interface TorchFile permits TorchZipFile, TorchLegacyFile {

  /** Opens {@code file}; empty if it is of another format. */
  static Optional<TorchFile> open(WeightsFile file) {
    return switch (WeightsFormat.of(file)) {
      case TORCH_ZIP, TORCHSCRIPT -> Optional.of(TorchZipFile.open(file));
      case TORCH_LEGACY -> Optional.of(TorchLegacyFile.open(file));
      case SAFETENSORS -> Optional.empty();
    };
  }

  /** The class of the pickled object, module and name; empty if it is plain data. */
  Optional<String> type();

  /** What the file's pickle holds. */
  Object value(Globals globals);

  /** The tensors of a checkpoint out of that {@link #value}. */
  StateDict load(Checkpoint checkpoint);
}
