package com.example;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;

/** A user's handler that answers what a function of its test makes of a request's text. */
public final class Asking implements Handler<String, String> {
  /** The system property with the function, from text to text; called on the worker's thread. */
  public static final String ASKED = "com.example.Asking.asked";

  @Override
  public void initialize(HandlerContext context) {}

  @Override
  public String preprocess(Input input) {
    return input.require("body").text();
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<String> inference(List<String> batch) {
    return batch.stream().map((UnaryOperator<String>) System.getProperties().get(ASKED)).toList();
  }

  @Override
  public Output postprocess(Input input, String result) {
    return Output.bytes("text/plain", result.getBytes(StandardCharsets.UTF_8));
  }
}
