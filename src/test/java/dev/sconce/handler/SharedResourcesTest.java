package dev.sconce.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedResourcesTest {
  private final List<String> closed = new ArrayList<>();

  private final class Weights implements AutoCloseable {
    private final String name;

    Weights(String name) {
      this.name = name;
    }

    @Override
    public void close() {
      closed.add(name);
    }
  }

  @Test
  void allWorkersGetTheOneThatTheFirstOpened() throws Exception {
    SharedResources shared = new SharedResources();
    AtomicInteger opened = new AtomicInteger();
    CyclicBarrier together = new CyclicBarrier(4);
    Callable<Weights> worker =
        () -> {
          together.await();
          return shared.open(
              "weights", Weights.class, () -> new Weights("w" + opened.incrementAndGet()));
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Weights>> got = threads.invokeAll(List.of(worker, worker, worker, worker));
      Weights first = got.get(0).get();
      for (Future<Weights> each : got) {
        assertThat(each.get()).isSameAs(first);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(opened).hasValue(1);
  }

  @Test
  void afterAFailureTheNextOneTriesAnew() throws Exception {
    SharedResources shared = new SharedResources();
    assertThatThrownBy(
            () ->
                shared.open(
                    "weights",
                    Weights.class,
                    () -> {
                      throw new IOException("disk");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk");
    assertThat(shared.open("weights", Weights.class, () -> new Weights("w"))).isNotNull();
  }

  @Test
  void closingClosesTheNewestFirstAndGoesOnAfterAFailure() throws Exception {
    SharedResources shared = new SharedResources();
    shared.open("first", Weights.class, () -> new Weights("first"));
    shared.open(
        "bad",
        AutoCloseable.class,
        () ->
            () -> {
              throw new IllegalStateException("cannot close");
            });
    shared.open("last", Weights.class, () -> new Weights("last"));

    shared.close();

    assertThat(closed).containsExactly("last", "first");
  }
}
