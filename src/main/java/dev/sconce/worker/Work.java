package dev.sconce.worker;

import dev.sconce.handler.Handler;
import java.util.List;

/** What a pool's workers work on; called on their own threads, but for {@link #changed}. */
interface Work {
  /** The next batch for one shift; empty once it is to end. */
  List<Job> take(Shift shift) throws InterruptedException;

  /** A handler is open. */
  void opened(Worker worker, Handler<?, ?> handler, long nanos);

  /** An inference is over; its answers have not gone out yet. */
  void inferred(Handler<?, ?> handler);

  /** Who is told what takes how long. */
  ModelMetrics metrics();

  /** A worker has gone for good; called from any thread. */
  void dismissed(Worker worker);

  /** Workers are to end, or have; called from any thread. */
  void changed();
}
