package dev.sconce.torch;

import ai.djl.pytorch.jni.JniUtils;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Shares the processor's cores among forwards: one that is alone at work computes with all of them,
 * of several each with its part. Safe from any thread.
 *
 * <p>Several with a thread each are done sooner than one after the other with all threads: while
 * one request's picture is decoded, which takes a core, a forward with a thread on every core waits
 * at each operator for the thread that was put aside.
 *
 * <p>libtorch's number of threads holds for the thread that sets it, and for threads that run their
 * first operator after that.
 */
final class CoreShares {
  private final Semaphore free;

  /** What a forward may be given, in threads: the most first. */
  private final List<Integer> shares;

  private final boolean fixed;
  private final Set<Thread> atWork = ConcurrentHashMap.newKeySet();
  private final Map<Thread, Integer> taken = new ConcurrentHashMap<>();

  private CoreShares(int forwards, List<Integer> shares, boolean fixed) {
    this.free = new Semaphore(forwards, true);
    this.shares = shares;
    this.fixed = fixed;
  }

  /**
   * Shares of that many cores.
   *
   * @param threads of every forward, if somebody says: libtorch has been told
   */
  static CoreShares of(int cores, OptionalInt threads) {
    if (threads.isPresent()) {
      int each = threads.getAsInt();
      return new CoreShares(Math.max(1, cores / each), List.of(each), true);
    }
    List<Integer> parts =
        IntStream.rangeClosed(1, cores).map(others -> cores / others).distinct().boxed().toList();
    return new CoreShares(cores, parts, false);
  }

  /** For modules that compute elsewhere: no forward waits, none uses cores. */
  static CoreShares unlimited() {
    return new CoreShares(Integer.MAX_VALUE, List.of(1), true);
  }

  /** With how many threads a forward may find itself, the most first. */
  List<Integer> threads() {
    return shares;
  }

  /** The thread has requests to answer, and will want cores between other things. */
  void begin(Thread thread) {
    atWork.add(thread);
  }

  /**
   * The thread has none any more, or is given up on: it hangs, and would keep its cores for good.
   */
  void end(Thread thread) {
    atWork.remove(thread);
    handBack(thread);
  }

  /**
   * What {@code forward} gives, computed on this thread's share once there is a free core.
   *
   * @throws ServingException {@code INTERNAL} if the thread is interrupted while it waits
   */
  <T> T compute(Supplier<T> forward) {
    if (taken.containsKey(Thread.currentThread())) {
      return forward.get(); // a part of a forward that holds its cores already
    }
    acquireOne();
    int share = fixed ? 1 : extended(shareOf(Thread.currentThread()));
    return compute(share, share, forward);
  }

  /**
   * As {@link #compute}, with exactly one of the numbers of {@link #threads}, on whatever cores
   * they find: nobody should wait until as many are free.
   */
  <T> T computeWith(int threads, Supplier<T> forward) {
    acquireOne();
    return compute(1, threads, forward);
  }

  /**
   * What both give, computed at once if this thread's share is more than one core and one is free
   * for the second, otherwise one after the other. Neither may be a forward. What the first fails
   * with is thrown rather than what the second does.
   */
  <T> List<T> both(Supplier<T> first, Supplier<T> second) {
    if (fixed || shareOf(Thread.currentThread()) == 1 || !free.tryAcquire()) {
      return List.of(first.get(), second.get());
    }
    try {
      ForkJoinTask<T> one = ForkJoinTask.adapt(first::get);
      ForkJoinTask<T> other = ForkJoinTask.adapt(second::get);
      ForkJoinTask.invokeAll(one, other); // if no other thread comes to it, this one does both
      return List.of(one.join(), other.join());
    } finally {
      free.release();
    }
  }

  private void acquireOne() {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServingException(
          ErrorCode.INTERNAL, "interrupted while other forwards had all cores", e);
    }
  }

  private <T> T compute(int held, int threads, Supplier<T> forward) {
    Thread thread = Thread.currentThread();
    taken.put(thread, held);
    try {
      // Asking makes the thread known to libtorch, which else forgets what it is told first.
      if (!fixed && JniUtils.getNumThreads() != threads) {
        JniUtils.setNumThreads(threads);
      }
      return forward.get();
    } finally {
      handBack(thread);
    }
  }

  private int shareOf(Thread thread) {
    int parties = atWork.contains(thread) ? atWork.size() : atWork.size() + 1;
    return Math.max(1, shares.get(0) / Math.max(1, parties));
  }

  /** The largest share up to {@code wanted} that is free, of which one core is held. */
  private int extended(int wanted) {
    return shares.stream()
        .filter(share -> share <= wanted && free.tryAcquire(share - 1))
        .findFirst()
        .orElse(1);
  }

  private void handBack(Thread thread) {
    Integer share = taken.remove(thread);
    if (share != null) {
      free.release(share);
    }
  }
}
