package dev.sconce.torch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Lets so many threads at a time compute, in the order they come. Safe from any thread. */
final class Turns {
  private final Semaphore free;
  private final Set<Thread> holders = ConcurrentHashMap.newKeySet();

  Turns(int atOnce) {
    this.free = new Semaphore(atOnce, true);
  }

  /** What {@code forward} gives, computed when it is this thread's turn. */
  <T> T inTurn(Supplier<T> forward) {
    free.acquireUninterruptibly();
    holders.add(Thread.currentThread());
    try {
      return forward.get();
    } finally {
      handBack(Thread.currentThread());
    }
  }

  /** Gives a thread's turn to others, if it has one: it hangs, and would keep it for good. */
  void handBack(Thread thread) {
    if (holders.remove(thread)) {
      free.release();
    }
  }
}
