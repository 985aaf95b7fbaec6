package dev.sconce.worker;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Echoes, but holds every batch until the test releases it. */
final class BlockingHandler extends EchoHandler {
  /** Open once the first batch has come. */
  final CountDownLatch entered = new CountDownLatch(1);

  /** Lets all batches through. */
  final CountDownLatch release = new CountDownLatch(1);

  @Override
  public List<String> inference(List<String> batch) throws Exception {
    entered.countDown();
    release.await();
    return batch;
  }
}
