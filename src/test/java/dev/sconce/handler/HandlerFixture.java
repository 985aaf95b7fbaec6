package dev.sconce.handler;

import dev.sconce.torch.TestDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What handlers are given, on the device that tests run on. */
public final class HandlerFixture implements AutoCloseable {
  private final SharedResources shared = new SharedResources();

  /** The device that tests run on. */
  public static Device device() {
    return TestDevice.get().isGpu() ? Device.cuda(0) : Device.CPU;
  }

  /** The context of version 1.0 of {@code model}, whose manifest names no file. */
  public HandlerContext context(Path modelDirectory, Map<String, Object> settings) {
    return context(modelDirectory, Optional.empty(), settings);
  }

  /** The same with the manifest's serialized file. */
  public HandlerContext context(
      Path modelDirectory, Optional<String> serializedFile, Map<String, Object> settings) {
    return new HandlerContext(
        "model",
        "1.0",
        modelDirectory,
        serializedFile,
        Optional.empty(),
        new HandlerSettings(settings),
        device(),
        shared);
  }

  /** A request of the given parts: files by their paths, other values by their text. */
  public static Input input(Map<String, ?> parts) throws IOException {
    Map<String, Part> read = new LinkedHashMap<>();
    for (Map.Entry<String, ?> part : parts.entrySet()) {
      Object value = part.getValue();
      read.put(
          part.getKey(),
          value instanceof Path file
              ? Part.of(Files.readAllBytes(file))
              : Part.of(value.toString()));
    }
    Deadline deadline = Deadline.after(Duration.ofMinutes(5), System::nanoTime);
    return new Input("server-id", read, Map.of(), deadline);
  }

  @Override
  public void close() {
    shared.close();
  }

  /** Answers no JSON values. */
  public static final class Plain implements Handler<String, String> {
    @Override
    public void initialize(HandlerContext context) {}

    @Override
    public String preprocess(Input input) {
      return "";
    }

    @Override
    public List<String> inference(List<String> batch) {
      return batch;
    }

    @Override
    public Output postprocess(Input input, String text) {
      return Output.bytes("text/plain", new byte[0]);
    }
  }
}
