package dev.sconce.bench;

import dev.sconce.StoreHandlers;
import dev.sconce.handler.Deadline;
import dev.sconce.handler.Input;
import dev.sconce.handler.Part;
import dev.sconce.model.ChosenHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which model is measured, and with what request: the options that two tools have. */
final class MeasuredModel {
  private static final String BODY = "BODY";

  @Option(names = "--store", required = true, description = "The model store.")
  private Path store = Path.of("");

  @Option(names = "--model", required = true, description = "The archive's name in the store.")
  private String model = "";

  @Option(names = "--config", description = "The server's configuration.")
  private @Nullable Path config;

  @Option(names = "--text", paramLabel = "FIELD=TEXT", description = "A field of the request.")
  private Map<String, String> texts = new LinkedHashMap<>();

  @Parameters(
      arity = "1..*",
      paramLabel = "FIELD=FILE",
      description = "The request's files; BODY=FILE for one that is the whole body.")
  private Map<String, Path> files = new LinkedHashMap<>();

  /** Unpacks the archive and chooses the handler that serves it. */
  ChosenHandler choose() {
    return StoreHandlers.choose(Optional.ofNullable(config), store, model);
  }

  /** The request. */
  Input input() throws IOException {
    Map<String, Part> parts = new LinkedHashMap<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      String field = file.getKey().equals(BODY) ? "body" : file.getKey();
      parts.put(field, Part.of(Files.readAllBytes(file.getValue())));
    }
    texts.forEach((field, text) -> parts.put(field, Part.of(text)));
    Deadline never = Deadline.after(Duration.ofDays(1), System::nanoTime);
    return new Input("benchmark", parts, Map.of(), never);
  }
}
