package com.example;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A handler that nobody gets to see: making it takes until {@link Faulty#RELEASE} lets it go on.
 */
public final class Stuck implements Handler<String, String> {
  public Stuck() {
    boolean interrupted = false;
    CountDownLatch release = (CountDownLatch) System.getProperties().get(Faulty.RELEASE);
    while (release.getCount() > 0) {
      try {
        release.await();
      } catch (InterruptedException e) {
        interrupted = true; // as code does that cannot be stopped
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

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
  public Output postprocess(Input input, String result) {
    return Output.json(result);
  }
}
