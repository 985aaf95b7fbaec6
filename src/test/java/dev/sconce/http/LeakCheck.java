package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class if a buffer of Netty's was lost before it ended. To know that a leak would
 * have been seen by then, it loses one of its own and waits until that one is found.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
  private static final String CANARY = "lost on purpose by LeakCheck";
  private static final int MOST_COLLECTIONS = 100;
  private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

  static {
    // Before the first buffer is made: Netty asks for its detector once.
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new RecordingFactory());
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
  }

  /**
   * To be called before a server is started outside this room's tests: whichever tests run first,
   * its buffers are watched.
   */
  public static void install() {
    // The static block has done it.
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    install();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    String canary = CANARY + " for " + context.getDisplayName();
    lose(canary);
    int collections = 0;
    while (LEAKS.stream().noneMatch(leak -> leak.contains(canary))) {
      assertThat(++collections).as("garbage collections").isLessThan(MOST_COLLECTIONS);
      System.gc();
      // The detector reports when it next tracks a buffer.
      UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
    }
    List<String> found = LEAKS.stream().filter(leak -> !leak.contains(CANARY)).toList();

    LEAKS.clear();
    assertThat(found).as("buffers that were never released").isEmpty();
  }

  /** With a hint of its own, for a leak that looks like one before is not reported again. */
  private static void lose(String canary) {
    UnpooledByteBufAllocator.DEFAULT.directBuffer(1).touch(canary);
  }

  /** What is told of a leak goes to the list and not to the log. */
  private static final class Recorder<T> extends ResourceLeakDetector<T> {
    Recorder(Class<?> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(resourceType);
    }
  }

  private static final class RecordingFactory extends ResourceLeakDetectorFactory {
    @Override
    @SuppressWarnings("deprecation") // it has to be written, but is called no more
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return new Recorder<>(resource, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval) {
      return new Recorder<>(resource, samplingInterval);
    }
  }
}
