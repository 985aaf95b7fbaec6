package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sconce.torch.TestDevice;
import dev.sconce.torch.TorchModule;
import java.nio.file.Path;

/** Loads written networks as the server does. */
final class LoadedNetwork {
  private LoadedNetwork() {}

  /**
   * A network all of whose weights are ordered for pictures of one shape; those that tests ask
   * about have others, and answers are to be the same.
   */
  static TorchModule load(Path file, Device device, OperatorSet operators, Shape pictures) {
    TorchModule module = TestDevice.engine().load(file, device);
    if (operators == OperatorSet.ONEDNN) {
      module.compute(scope -> pack(module, scope, pictures));
    }
    return module;
  }

  private static boolean pack(TorchModule module, NDManager scope, Shape pictures) {
    NDArray number = scope.create(new long[] {pictures.get(0)});
    NDList measured = module.run(Methods.MEASURE, scope, scope.zeros(pictures));
    assertThat(measured).isNotEmpty();
    int weights = module.run(Methods.LAYOUTS, scope, number).size();
    assertThat(weights).isPositive();
    NDArray all = scope.ones(new Shape(weights), DataType.INT64);
    return module.run(Methods.PACK, scope, number, all).size() == 1;
  }
}
