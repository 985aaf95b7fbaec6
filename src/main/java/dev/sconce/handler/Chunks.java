package dev.sconce.handler;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of a streamed answer on their way from the worker that makes them to the connection
 * that sends them.
 *
 * <p>The worker calls {@link #pump}, which draws a piece only when the subscriber has asked for
 * one, so a slow client slows its stream and fills no memory. One subscriber, once.
 */
public final class Chunks implements Flow.Publisher<ByteBuffer> {
  /** Short enough to notice a deadline whose clock runs ahead of this machine's, as in tests. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Iterator<ByteBuffer> source;

  /** Guards the three fields below; no subscriber is called while it is held. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;
  private long requested;
  private boolean cancelled;

  /** The pieces that {@code source} gives, in its order; drawn on the thread that pumps. */
  public Chunks(Iterator<ByteBuffer> source) {
    this.source = source;
  }

  /**
   * Takes the one subscriber.
   *
   * @throws IllegalStateException if there is one already
   */
  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> newSubscriber) {
    lock.lock();
    try {
      if (subscriber != null) {
        throw new IllegalStateException("chunks can be sent once only");
      }
    } finally {
      lock.unlock();
    }
    newSubscriber.onSubscribe(new Demand());
    lock.lock();
    try {
      subscriber = newSubscriber;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the stream from outside: the client has gone, or nobody will ever subscribe. */
  public void cancel() {
    lock.lock();
    try {
      cancelled = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Hands every piece to the subscriber; called by the worker, blocks it until the last piece is
   * taken, the stream is cancelled or the deadline passes. What the source throws ends the stream
   * with an error and is thrown on.
   */
  public void pump(Deadline deadline) {
    while (awaitDemand(deadline)) {
      @Nullable ByteBuffer next;
      try {
        next = source.hasNext() ? source.next() : null;
      } catch (RuntimeException e) {
        taker().onError(e);
        throw e;
      }
      if (next == null) {
        taker().onComplete();
        return;
      }
      taker().onNext(next);
    }
  }

  /** Waits until a piece is wanted; false once the stream is cancelled. */
  private boolean awaitDemand(Deadline deadline) {
    lock.lock();
    try {
      while (!cancelled && (subscriber == null || requested == 0)) {
        if (deadline.hasPassed()) {
          throw timedOut();
        }
        long waitNanos = Math.min(deadline.timeLeft().toNanos(), LONGEST_WAIT_NANOS);
        long unused = changed.awaitNanos(waitNanos);
      }
      requested--;
      return !cancelled;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancelled = true;
      return false;
    } finally {
      lock.unlock();
    }
  }

  private ServingException timedOut() {
    cancelled = true;
    return new ServingException(
        ErrorCode.REQUEST_TIMEOUT, "the client took no further part of the answer in time");
  }

  private Flow.Subscriber<? super ByteBuffer> taker() {
    lock.lock();
    try {
      return Objects.requireNonNull(subscriber);
    } finally {
      lock.unlock();
    }
  }

  private final class Demand implements Flow.Subscription {
    @Override
    public void request(long more) {
      lock.lock();
      try {
        requested = Math.addExact(requested, Math.max(0, Math.min(more, Integer.MAX_VALUE)));
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void cancel() {
      Chunks.this.cancel();
    }
  }
}
