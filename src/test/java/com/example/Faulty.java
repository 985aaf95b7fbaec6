package com.example;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A user's handler that echoes, and does what it should not where a request's text, or the setting
 * {@code fault}, says so. Tests pack it into a jar.
 */
public final class Faulty implements Handler<String, String> {
  /**
   * The system property with the {@link CountDownLatch} that ends {@code hang} and {@code hang on}.
   */
  public static final String RELEASE = "com.example.Faulty.release";

  @Override
  public void initialize(HandlerContext context) throws Exception {
    String fault = context.settings().text("fault").orElse("none");
    failAt("initialize", fault);
    hangAt(fault);
  }

  @Override
  public String preprocess(Input input) {
    String text = input.require("body").text();
    failAt("preprocess", text);
    return text;
  }

  @Override
  public List<String> inference(List<String> batch) throws Exception {
    List<String> results = new ArrayList<>(batch);
    for (int i = 0; i < batch.size(); i++) {
      String text = batch.get(i);
      failAt("inference", text);
      hangAt(text);
      switch (text) {
        case "too few" -> results.remove(i);
        case "too many" -> results.add(text);
        case "no list" -> results = nothing();
        case "no result" -> results.set(i, nothing());
        default -> {}
      }
    }
    return results;
  }

  @Override
  public Output postprocess(Input input, String result) {
    failAt("postprocess", result);
    byte[] text = result.getBytes(StandardCharsets.UTF_8);
    return result.equals("no output") ? nothing() : Output.bytes("text/plain", text);
  }

  private static void failAt(String step, String text) {
    if (text.equals(step)) {
      throw new IllegalStateException("secret detail");
    }
    if (text.equals(step + " error")) {
      throw new StackOverflowError("secret detail");
    }
  }

  private static void hangAt(String text) throws InterruptedException {
    CountDownLatch release = (CountDownLatch) System.getProperties().get(RELEASE);
    if (text.equals("hang")) {
      release.await();
    }
    while (text.equals("hang on") && release.getCount() > 0) {
      try {
        release.await();
      } catch (InterruptedException e) {
        // as native code does
      }
    }
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals", "unchecked"})
  private static <T> T nothing() {
    return (T) null;
  }
}
