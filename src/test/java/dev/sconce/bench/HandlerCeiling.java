package dev.sconce.bench;

import dev.sconce.bench.ClosedLoop.Measured;
import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.metrics.ProcessMemory;
import dev.sconce.model.ChosenHandler;
import dev.sconce.torch.EngineSettings;
import dev.sconce.torch.TorchEngine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a server could do at most with a handler: the very handler that it would choose, called in
 * threads of this process, without HTTP, queue and workers.
 */
@Command(
    name = "HandlerCeiling",
    mixinStandardHelpOptions = true,
    description = "How fast the handler of an archive is without a server around it.")
final class HandlerCeiling implements Callable<Map<String, Object>> {
  private static final double BYTES_OF_MEGABYTE = 1 << 20;

  @Mixin private MeasuredModel model = new MeasuredModel();

  @Option(names = "--threads", defaultValue = "1", description = "Each has a handler of its own.")
  private int threads;

  @Option(names = "--batch", defaultValue = "1", description = "Requests of one inference.")
  private int batch;

  @Option(names = "--seconds", defaultValue = "10", description = "For how long they count.")
  private double seconds;

  @Option(names = "--warmup", defaultValue = "5", description = "For how long before, in seconds.")
  private double warmUp;

  private HandlerCeiling() {}

  public static void main(String... arguments) {
    Tool.main(new HandlerCeiling(), arguments);
  }

  @Override
  public Map<String, Object> call() throws Exception {
    Input input = model.input();
    long start = System.nanoTime();
    try (ChosenHandler chosen = model.choose()) {
      Measured measured =
          ClosedLoop.run(threads, warmUp, seconds, () -> new Batch<>(chosen.open(), input, batch));
      Map<String, Object> found = new LinkedHashMap<>();
      found.put("handler", chosen.name());
      found.put("threads", threads);
      found.put("batch", batch);
      found.putAll(measured.figures(batch));
      found.put("residentMb", Tool.rounded(ProcessMemory.residentBytes() / BYTES_OF_MEGABYTE));
      found.put("loadSeconds", Tool.rounded(ClosedLoop.seconds(measured.readyNanos() - start)));
      return found;
    }
  }

  /** The same request so many times over, through the steps of a handler. */
  private record Batch<P, R>(Handler<P, R> handler, Input input, int size)
      implements ClosedLoop.Step {
    /** As a worker's thread has requests, one batch after the other. */
    @Override
    public void run() throws Exception {
      TorchEngine engine = TorchEngine.start(EngineSettings.DEFAULT); // it runs by now
      engine.begin(Thread.currentThread());
      try {
        answer();
      } finally {
        engine.end(Thread.currentThread());
      }
    }

    private void answer() throws Exception {
      List<P> requests = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        requests.add(handler.preprocess(input));
      }
      for (R result : handler.inference(requests)) {
        if (handler.postprocess(input, result) instanceof Output.Failure failure) {
          throw new IllegalStateException(failure.message());
        }
      }
    }

    @Override
    public void close() {
      handler.close();
    }
  }
}
