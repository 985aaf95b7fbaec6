package dev.sconce.network;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.sconce.torch.TestDevice;
import dev.sconce.torch.TorchModule;
import java.nio.file.Path;

/** Loads written networks as the server does. */
final class LoadedNetwork {
  private LoadedNetwork() {}

  /**
   * A network whose weights are ordered for pictures of one shape; those that tests ask about have
   * others, and answers are to be the same.
   */
  static TorchModule load(Path file, Device device, OperatorSet operators, Shape pictures) {
    TorchModule module = TestDevice.engine().load(file, device);
    if (operators == OperatorSet.ONEDNN) {
      NDList unused =
          module.compute(scope -> module.run(OperatorSet.PACK, scope, scope.zeros(pictures)));
    }
    return module;
  }
}
