package com.example;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Answers with the body it was sent: all that is left of a request is the server. */
public final class SameBytes implements Handler<ByteBuffer, ByteBuffer> {
  @Override
  public void initialize(HandlerContext context) {}

  @Override
  public ByteBuffer preprocess(Input input) {
    return input.require("body", "data").content();
  }

  @Override
  public List<ByteBuffer> inference(List<ByteBuffer> batch) {
    return batch;
  }

  @Override
  public Output postprocess(Input input, ByteBuffer body) {
    return new Output.Answer(200, Map.of("content-type", "application/octet-stream"), body);
  }
}
