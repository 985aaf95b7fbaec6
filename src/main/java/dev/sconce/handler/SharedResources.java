package dev.sconce.handler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all workers of one model version share on one device: opened by the first that asks, closed
 * when the last of them has gone.
 *
 * <p>Safe from several threads. The map and the stack belong to this object's lock; an opener runs
 * outside it, so that a slow one holds up only those who ask for the same thing.
 */
public final class SharedResources implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SharedResources.class);

  private final Map<String, FutureTask<AutoCloseable>> opened = new HashMap<>();
  private final Deque<AutoCloseable> closeOrder = new ArrayDeque<>();

  /**
   * The resource of that name; whoever asks first opens it, the others wait and get the same.
   *
   * @param opener makes the resource; if it throws, the next one to ask tries anew
   * @throws Exception what the opener threw
   */
  public <T extends AutoCloseable> T open(String name, Class<T> type, Callable<T> opener)
      throws Exception {
    FutureTask<AutoCloseable> task;
    synchronized (this) {
      task = opened.computeIfAbsent(name, key -> new FutureTask<>(opener::call));
    }
    task.run(); // does nothing if it ran already, or runs in another thread
    try {
      AutoCloseable resource = task.get();
      remember(resource);
      return type.cast(resource);
    } catch (ExecutionException e) {
      forget(name, task);
      throw cause(e);
    }
  }

  private synchronized void remember(AutoCloseable resource) {
    if (!closeOrder.contains(resource)) {
      closeOrder.push(resource);
    }
  }

  private synchronized void forget(String name, FutureTask<AutoCloseable> failed) {
    opened.remove(name, failed);
  }

  private static Exception cause(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof Exception cause ? cause : e;
  }

  /**
   * Closes everything opened, the newest first. The owner calls it once nobody uses it any more.
   */
  @Override
  public void close() {
    Deque<AutoCloseable> closing;
    synchronized (this) {
      closing = new ArrayDeque<>(closeOrder);
      closeOrder.clear();
      opened.clear();
    }
    closing.forEach(SharedResources::closeOne);
  }

  private static void closeOne(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      log.warn("could not close {}", resource, e);
    }
  }
}
