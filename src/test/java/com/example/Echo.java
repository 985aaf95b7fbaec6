package com.example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.JsonHandler;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/**
 * Tells what it was sent, as the Python handler did with which TorchServe was captured; a part
 * {@code mode} makes it answer or fail in another way.
 *
 * <p>{@code sleep} waits until its test lets it go on: see {@link #HELD}.
 */
public class Echo implements JsonHandler<Input, Echo.Seen> {
  /**
   * The system property with a queue of latches: who sleeps puts his there and waits for it.
   *
   * @see java.util.concurrent.BlockingQueue
   */
  public static final String HELD = "com.example.Echo.held";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEAD = 32;

  /** A request and its place in the batch. */
  public record Seen(Input input, int index, int batch) {}

  @Override
  public void initialize(HandlerContext context) {}

  @Override
  public boolean explains() {
    return true;
  }

  @Override
  public Input preprocess(Input input) {
    return input;
  }

  @Override
  public List<Seen> inference(List<Input> batch) throws InterruptedException {
    switch (mode(batch.get(0))) {
      case "die" -> throw new AssertionError("asked for");
      case "sleep" -> sleep();
      default -> {}
    }
    int answers = mode(batch.get(0)).equals("short") ? 0 : batch.size();
    return IntStream.range(0, answers)
        .mapToObj(i -> new Seen(batch.get(i), i, batch.size()))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static void sleep() throws InterruptedException {
    CountDownLatch wake = new CountDownLatch(1);
    ((BlockingQueue<CountDownLatch>) System.getProperties().get(HELD)).put(wake);
    wake.await();
  }

  private static String mode(Input input) {
    return input.part("mode").map(Part::text).orElse("");
  }

  @Override
  public Output postprocess(Input input, Seen seen) throws IOException {
    return switch (mode(input)) {
      case "" -> Output.json(result(input, seen));
      case "str", "sleep" ->
          Output.bytes("text/plain", "plain string".getBytes(StandardCharsets.UTF_8));
      case "bytes" -> Output.bytes("application/octet-stream", new byte[] {0, 1, 'r', 'a', 'w'});
      case "none" -> Output.json(Arrays.asList((Object) null).get(0));
      case "float" -> Output.json(0.1);
      case "unicode" -> Output.json(Map.of("k", "caf\u00e9 \u2615"));
      case "nan" ->
          Output.json(List.of(Double.NaN, Double.POSITIVE_INFINITY, 1e-7, 1e16, 123456789.0, 0.1));
      case "status" -> status(418, "text/plain; charset=utf-8", "custom status");
      case "predexc" ->
          status(
              513,
              "application/json",
              """
              {
                "code": 513,
                "type": "InternalServerException",
                "message": "my prediction message"
              }
              """);
      case "mem" -> throw new OutOfMemoryError("asked for");
      case "cuda" -> throw new ServingException(ErrorCode.OUT_OF_MEMORY, "Out of resources");
      case "unser" -> Output.json(new Object());
      default -> throw new IllegalStateException("asked for");
    };
  }

  private static Output status(int status, String type, String text) {
    Map<String, String> headers =
        status == 418
            ? Map.of("content-type", type, "x-custom", "yes")
            : Map.of("content-type", type);
    return new Output.Answer(
        status, headers, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public Object result(Input request, Seen seen) throws IOException {
    Map<String, Object> data = new LinkedHashMap<>();
    Map<String, Object> headers = new TreeMap<>(seen.input().headers());
    for (Map.Entry<String, Part> part : seen.input().parts().entrySet()) {
      Part value = part.getValue();
      data.put(part.getKey(), shown(value));
      headers.put(part.getKey(), Map.of("content-type", mime(value)));
    }
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("batch_index", seen.index());
    told.put("batch_len", seen.batch());
    told.put("data", data);
    told.put("headers", headers);
    told.put("request_id", seen.input().requestId());
    return told;
  }

  private static String mime(Part part) {
    return part.contentType().split(";")[0].strip();
  }

  /** Decoded by its type, as TorchServe's worker decodes it before a handler sees it. */
  private static Map<String, Object> shown(Part part) throws IOException {
    if (mime(part).startsWith("text")) {
      return typed("str", part.text());
    }
    if (mime(part).equals("application/json")) {
      try {
        JsonNode json = JSON.readTree(part.text());
        return typed("dict", JSON.convertValue(json, Object.class));
      } catch (IOException e) {
        // stays what it is: bytes
      }
    }
    byte[] bytes = new byte[part.size()];
    part.content().get(bytes);
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("type", "bytearray");
    shown.put("len", bytes.length);
    shown.put("head", HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(HEAD, bytes.length))));
    return shown;
  }

  private static Map<String, Object> typed(String type, Object value) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("type", type);
    shown.put("value", value);
    return shown;
  }
}
