package dev.sconce.cli;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * The signals that ask a server to stop: SIGTERM, SIGINT (Ctrl-C) and SIGHUP. The first one is for
 * the server to obey in its own time, the second one ends the process at once.
 *
 * <p>Not a shutdown hook: within one, a further signal is not heard, and the exit code is the
 * signal's.
 */
final class StopSignal {
  private static final Logger log = LoggerFactory.getLogger(StopSignal.class);
  private static final List<String> NAMES = List.of("TERM", "INT", "HUP");

  /** What a shell calls a process that a signal ended. */
  private static final int KILLED_BY_SIGNAL = 128;

  private final CountDownLatch asked = new CountDownLatch(1);

  /** Listens from now on, to those signals that this system and this process know. */
  static StopSignal listen() {
    StopSignal stop = new StopSignal();
    for (String name : NAMES) {
      try {
        Signal.handle(new Signal(name), stop::received);
      } catch (IllegalArgumentException e) {
        log.debug("signal {} keeps its meaning", name, e);
      }
    }
    return stop;
  }

  private void received(Signal signal) {
    if (asked.getCount() == 0) {
      Runtime.getRuntime().halt(KILLED_BY_SIGNAL + signal.getNumber());
    }
    log.info("SIG{}: stopping; a second one ends the server at once", signal.getName());
    asked.countDown();
  }

  /** Waits for the first one. */
  void await() throws InterruptedException {
    asked.await();
  }
}
