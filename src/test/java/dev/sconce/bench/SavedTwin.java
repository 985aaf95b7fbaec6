package dev.sconce.bench;

import dev.sconce.network.OperatorSet;
import dev.sconce.network.Precision;
import dev.sconce.network.TwinNetwork;
import dev.sconce.weights.StateDict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the TorchScript file that the server would load for a twin, for {@link BareLoad}. */
@Command(
    name = "SavedTwin",
    mixinStandardHelpOptions = true,
    description = "Writes a twin network as the server would load it.")
final class SavedTwin implements Callable<Map<String, Object>> {
  @Option(names = "--encoder", required = true, description = "The encoder's weights.")
  private Path encoder = Path.of("");

  @Option(names = "--head", required = true, description = "The head's weights.")
  private Path head = Path.of("");

  @Parameters(paramLabel = "FILE", description = "Is made or overwritten.")
  private Path file = Path.of("");

  private SavedTwin() {}

  public static void main(String... arguments) {
    Tool.main(new SavedTwin(), arguments);
  }

  @Override
  public Map<String, Object> call() throws Exception {
    TwinNetwork network = TwinNetwork.infer(StateDict.read(encoder), StateDict.read(head));
    network.write(file, Precision.FP32, OperatorSet.ONEDNN);
    return Map.of("network", network.summary(), "bytes", Files.size(file));
  }
}
