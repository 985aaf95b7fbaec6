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

  /** Guards the fields below; no subscriber is called while it is held. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;
  private long requested;
  private boolean cancelled;

  /** Why the stream ended before its time, for a subscriber that comes after that. */
  private @Nullable Throwable failure;

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
    @Nullable Throwable endedBy;
    lock.lock();
    try {
      subscriber = newSubscriber;
      endedBy = failure;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (endedBy != null) {
      newSubscriber.onError(endedBy);
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
   * taken, the stream is cancelled or the deadline passes. A deadline that passes and what the
   * source throws end the stream with an error, which is thrown on.
   *
   * @param progress called before each piece is drawn
   * @throws ServingException {@code REQUEST_TIMEOUT} if no further piece was wanted in time
   */
  public void pump(Deadline deadline, Runnable progress) {
    try {
      while (awaitDemand(deadline)) {
        progress.run();
        if (!source.hasNext()) {
          complete();
          return;
        }
        ByteBuffer piece = Objects.requireNonNull(source.next(), "a piece of a stream");
        if (!isOver()) { // it may have been ended while the source was at it
          taker().onNext(piece);
        }
      }
    } catch (RuntimeException | Error e) {
      abort(e);
      throw e;
    }
  }

  /** As {@link #pump(Deadline, Runnable)}, with nobody to tell of progress. */
  public void pump(Deadline deadline) {
    pump(deadline, () -> {});
  }

  private boolean isOver() {
    lock.lock();
    try {
      return cancelled;
    } finally {
      lock.unlock();
    }
  }

  private void complete() {
    if (!isOver()) {
      cancel();
      taker().onComplete();
    }
  }

  /**
   * Ends the stream with an error from outside, unless it is over: what makes it has failed, or
   * hangs.
   */
  public void abort(Throwable e) {
    Flow.@Nullable Subscriber<? super ByteBuffer> told;
    lock.lock();
    try {
      if (cancelled) {
        return;
      }
      cancelled = true;
      failure = e;
      told = subscriber;
    } finally {
      lock.unlock();
    }
    if (told != null) {
      told.onError(e);
    }
  }

  /** Waits until a piece is wanted; false once the stream is cancelled. */
  private boolean awaitDemand(Deadline deadline) {
    lock.lock();
    try {
      while (!cancelled && (subscriber == null || requested == 0)) {
        if (deadline.hasPassed()) {
          throw new ServingException(
              ErrorCode.REQUEST_TIMEOUT, "the client took no further part of the answer in time");
        }
        long waitNanos = Math.min(deadline.timeLeft().toNanos(), LONGEST_WAIT_NANOS);
        long unused = changed.awaitNanos(waitNanos);
      }
      requested--;
      return !cancelled;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServingException(ErrorCode.STOPPING, "the worker was stopped", e);
    } finally {
      lock.unlock();
    }
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
