package dev.sconce.bench;

import ai.djl.pytorch.jni.JniUtils;
import dev.sconce.bench.ClosedLoop.Measured;
import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import dev.sconce.model.ChosenHandler;
import dev.sconce.torch.EngineSettings;
import dev.sconce.torch.TorchEngine;
import dev.sconce.vision.BareNetwork;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What this machine could do at most with a network: its forward alone, on fixed pixels, where it
 * is cheapest, and the pixels of a request alone. As many requests a second as these two leave room
 * for on all cores: {@code cores / (CPU seconds of the forward + CPU seconds of the pixels)}.
 */
@Command(
    name = "MachineCeiling",
    mixinStandardHelpOptions = true,
    description = "How many requests a second a network and its pictures leave room for.")
final class MachineCeiling implements Callable<Map<String, Object>> {
  @Mixin private MeasuredModel model = new MeasuredModel();

  @Option(names = "--batches", split = ",", defaultValue = "1,2,4,8", description = "To be tried.")
  private List<Integer> batches = List.of();

  @Option(names = "--seconds", defaultValue = "3", description = "For how long each cell counts.")
  private double seconds;

  @Option(names = "--warmup", defaultValue = "2", description = "For how long before, in seconds.")
  private double warmUp;

  private MachineCeiling() {}

  public static void main(String... arguments) {
    Tool.main(new MachineCeiling(), arguments);
  }

  /**
   * One way to run forwards.
   *
   * @param callers forwards at once
   * @param threads of each forward
   * @param batch requests in each
   */
  private record Cell(int callers, int threads, int batch) {
    boolean keepsBusy(int cores) {
      return callers * threads == cores;
    }
  }

  /** What a cell came to. */
  private record Outcome(Cell cell, Measured measured) {
    double cpuSecondsPerRequest() {
      return measured.cpuSecondsPerStep() / cell.batch;
    }

    Map<String, Object> figures() {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("callers", cell.callers);
      figures.put("threads", cell.threads);
      figures.put("batch", cell.batch);
      figures.putAll(measured.figures(cell.batch));
      return figures;
    }
  }

  @Override
  public Map<String, Object> call() throws Exception {
    // Before the server's settings would: modules then let as many callers in as there are cores.
    TorchEngine unused =
        TorchEngine.start(new EngineSettings(OptionalInt.of(1), OptionalInt.of(0)));
    int cores = Runtime.getRuntime().availableProcessors();
    try (ChosenHandler chosen = model.choose()) {
      List<BareNetwork> networks = open(chosen, cores);
      List<Outcome> outcomes = new ArrayList<>();
      for (Cell cell : cells(cores, batches)) {
        outcomes.add(forwards(cell, networks));
      }
      AtomicInteger next = new AtomicInteger();
      Measured pixels =
          ClosedLoop.run(
              cores, warmUp, seconds, () -> networks.get(next.getAndIncrement()).pixels()::call);
      return found(chosen.name(), cores, outcomes, pixels);
    }
  }

  private List<BareNetwork> open(ChosenHandler chosen, int count) throws Exception {
    Input input = model.input();
    List<BareNetwork> networks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Handler<?, ?> handler = chosen.open();
      networks.add(BareNetwork.of(handler, chosen.shared(), input));
    }
    return networks;
  }

  /** One core alone, and every way to have all of them busy. */
  private static List<Cell> cells(int cores, List<Integer> batches) {
    List<Cell> cells = new ArrayList<>();
    for (int batch : batches) {
      cells.add(new Cell(1, 1, batch));
      IntStream.rangeClosed(1, cores)
          .filter(threads -> cores > 1 && cores % threads == 0)
          .forEach(threads -> cells.add(new Cell(cores / threads, threads, batch)));
    }
    return cells;
  }

  private Outcome forwards(Cell cell, List<BareNetwork> networks) throws Exception {
    AtomicInteger next = new AtomicInteger();
    Measured measured =
        ClosedLoop.run(
            cell.callers,
            warmUp,
            seconds,
            () -> {
              JniUtils.setNumThreads(cell.threads); // holds for the thread that says so
              return networks.get(next.getAndIncrement()).forward(cell.batch)::call;
            });
    return new Outcome(cell, measured);
  }

  private static Map<String, Object> found(
      String handler, int cores, List<Outcome> outcomes, Measured pixels) {
    Outcome best =
        outcomes.stream()
            .filter(outcome -> outcome.cell.keepsBusy(cores))
            .min(Comparator.comparing(Outcome::cpuSecondsPerRequest))
            .orElseThrow();
    double cpuSeconds = best.cpuSecondsPerRequest() + pixels.cpuSecondsPerStep();
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("handler", handler);
    found.put("cores", cores);
    found.put("requestsPerSecond", Tool.rounded(cores / cpuSeconds));
    found.put("forwardCpuSeconds", Tool.rounded(best.cpuSecondsPerRequest()));
    found.put("pixelsCpuSeconds", Tool.rounded(pixels.cpuSecondsPerStep()));
    found.put("best", best.figures());
    found.put("pixels", pixels.figures(1));
    found.put("cells", outcomes.stream().map(Outcome::figures).toList());
    return found;
  }
}
