package dev.sconce.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.torch.TestDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What handlers are given, on the device that tests run on. */
public final class HandlerFixture implements AutoCloseable {
  private static final Pattern DECIMAL = Pattern.compile("-?\\d+\\.\\d{4,}(?:e-?\\d+)?");

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
        shared,
        HandlerMetrics.NONE);
  }

  /** A request of the given parts: files by their paths, other values by their text. */
  public static Input input(Map<String, ?> parts) throws IOException {
    return input(parts, Map.of());
  }

  /** The same with headers. */
  public static Input input(Map<String, ?> parts, Map<String, String> headers) throws IOException {
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
    return new Input("server-id", read, headers, deadline);
  }

  /** The JSON with which an initialized handler answers a batch of requests. */
  public static <P, R> List<String> answers(Handler<P, R> handler, List<Input> requests)
      throws Exception {
    List<P> batch = new ArrayList<>();
    for (Input request : requests) {
      batch.add(handler.preprocess(request));
    }
    List<R> results = handler.inference(batch);
    assertThat(results).hasSameSizeAs(batch);
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      Output.Answer answer = (Output.Answer) handler.postprocess(requests.get(i), results.get(i));
      assertThat(answer.headers()).containsEntry("content-type", "application/json");
      answers.add(StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString());
    }
    return answers;
  }

  /**
   * Fails unless a JSON text is another one to the letter, but for the last digits of decimals, in
   * which two builds of libtorch may differ.
   *
   * @param tolerance of a number below 1; of larger ones it is relative
   */
  public static void assertSameText(String actual, String expected, double tolerance) {
    assertThat(DECIMAL.matcher(actual).replaceAll("N"))
        .isEqualTo(DECIMAL.matcher(expected).replaceAll("N"));
    Matcher actualNumbers = DECIMAL.matcher(actual);
    Matcher expectedNumbers = DECIMAL.matcher(expected);
    while (actualNumbers.find() && expectedNumbers.find()) {
      double number = Double.parseDouble(expectedNumbers.group());
      double most = tolerance * Math.max(1, Math.abs(number));
      assertThat(Double.parseDouble(actualNumbers.group())).isBetween(number - most, number + most);
    }
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
