package dev.sconce.worker;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** Echoes, but hangs at the text {@code hang}, deaf to interrupts, and sleeps at {@code sleep}. */
class HangingHandler extends EchoHandler {
  /** One more for each batch that began to hang or sleep. */
  final Semaphore entered = new Semaphore(0);

  /** Ends all hanging. */
  final CountDownLatch release = new CountDownLatch(1);

  @Override
  public List<String> inference(List<String> batch) throws Exception {
    if (batch.contains("hang")) {
      entered.release();
      hang();
    } else if (batch.contains("sleep")) {
      entered.release();
      release.await();
    }
    return batch;
  }

  final void hang() {
    while (release.getCount() > 0) {
      try {
        release.await();
      } catch (InterruptedException e) {
        // as native code does
      }
    }
  }
}
