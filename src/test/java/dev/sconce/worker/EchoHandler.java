package dev.sconce.worker;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers with the text it was sent; tests override the step they are about. */
class EchoHandler implements Handler<String, String> {
  @Override
  public void initialize(HandlerContext context) throws Exception {}

  @Override
  public String preprocess(Input input) throws Exception {
    return input.require("body").text();
  }

  @Override
  public List<String> inference(List<String> batch) throws Exception {
    return batch;
  }

  @Override
  public Output postprocess(Input input, String result) throws Exception {
    return Output.bytes("text/plain", result.getBytes(StandardCharsets.UTF_8));
  }
}
