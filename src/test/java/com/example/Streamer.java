package com.example;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Chunks;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** A user's handler that answers as a request's text says. Tests pack it into a jar. */
public final class Streamer implements Handler<Input, Input> {
  /** The system property with the {@link CountDownLatch} that ends {@code wait}. */
  public static final String RELEASE = "com.example.Streamer.release";

  @Override
  public void initialize(HandlerContext context) {}

  @Override
  public Input preprocess(Input input) {
    return input;
  }

  @Override
  public List<Input> inference(List<Input> batch) throws InterruptedException {
    for (Input input : batch) {
      if (text(input).equals("wait")) {
        ((CountDownLatch) System.getProperties().get(RELEASE)).await();
      }
    }
    return batch;
  }

  @Override
  public Output postprocess(Input input, Input same) {
    String text = text(input);
    return switch (text) {
      case "pieces" -> inPieces(pieces(4, 4));
      case "late" -> inPieces(pieces(4, 2));
      case "early" -> inPieces(pieces(4, 0));
      case "no pieces" -> inPieces(pieces(0, 0));
      case "headers" -> Output.json(new TreeMap<>(input.headers()));
      case "parts" -> Output.json(input.parts().keySet().stream().toList());
      case "teapot" ->
          new Output.Answer(418, Map.of("content-type", "text/plain"), bytes("short and stout"));
      case "teapot in pieces" ->
          new Output.Stream(418, Map.of("content-type", "text/plain"), new Chunks(pieces(4, 4)));
      case "session" ->
          new Output.Answer(
              200,
              Map.of(
                  "content-type", "text/plain",
                  "X-Amzn-SageMaker-Custom-Attributes", "a=1",
                  "X-Amzn-SageMaker-New-Session-Id", "s1; Expires=2030-01-01T00:00:00Z",
                  "X-Secret", "of the container"),
              bytes("hello"));
      case "bad" -> throw new ServingException(ErrorCode.BAD_REQUEST, "text: bad (expected: good)");
      default -> Output.bytes("text/plain", text.getBytes(StandardCharsets.UTF_8));
    };
  }

  private static String text(Input input) {
    return input.part("body").map(part -> part.text()).orElse("parts");
  }

  private static Output inPieces(Iterator<ByteBuffer> pieces) {
    return Output.stream("text/plain", pieces);
  }

  private static Iterator<ByteBuffer> pieces(int count, int failsAt) {
    return IntStream.range(0, count).mapToObj(i -> piece(i, failsAt)).iterator();
  }

  private static ByteBuffer piece(int i, int failsAt) {
    if (i == failsAt) {
      throw new ServingException(ErrorCode.BAD_REQUEST, "piece: " + i + " (expected: another)");
    }
    return bytes("piece" + i + " ");
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
