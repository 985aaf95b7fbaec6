package dev.sconce.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals that ask a server to stop: SIGTERM, SIGINT (Ctrl-C) and SIGHUP. The first one is for
 * the server to obey in its own time, the second one ends the process at once.
 *
 * <p>Not a shutdown hook: within one, a further signal is not heard, and the exit code is the
 * signal's. {@code sun.misc.Signal} (module {@code jdk.unsupported}) is the one way to hear a
 * signal; it is called by reflection because the compiler warns of every mention of it.
 */
final class StopSignal {
  private static final Logger log = LoggerFactory.getLogger(StopSignal.class);
  private static final List<String> NAMES = List.of("TERM", "INT", "HUP");

  /** What a shell adds to the number of the signal that ended a process. */
  private static final int KILLED_BY_SIGNAL = 128;

  private final CountDownLatch asked = new CountDownLatch(1);

  /** Listens from now on, to those signals that this system and this process know. */
  static StopSignal listen() {
    StopSignal stop = new StopSignal();
    for (String name : NAMES) {
      try {
        stop.listenTo(name);
      } catch (ReflectiveOperationException e) {
        log.debug("SIG{} keeps its meaning", name, e);
      }
    }
    return stop;
  }

  private void listenTo(String name) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object signal = type.getConstructor(String.class).newInstance(name);
    int number = (int) type.getMethod("getNumber").invoke(signal);
    Object handler =
        Proxy.newProxyInstance(
            handlerType.getClassLoader(),
            new Class<?>[] {handlerType},
            (proxy, method, arguments) -> {
              if (method.getName().equals("handle")) {
                received(name, number);
              }
              return null;
            });
    type.getMethod("handle", type, handlerType).invoke(null, signal, handler);
  }

  private void received(String name, int number) {
    if (isAsked()) {
      Runtime.getRuntime().halt(KILLED_BY_SIGNAL + number);
    }
    log.info("SIG{}: stopping; a second one ends the server at once", name);
    asked.countDown();
  }

  /** As the first one does, for a reason of the process's own. */
  void ask() {
    asked.countDown();
  }

  /** Whether the server has been asked to stop. */
  boolean isAsked() {
    return asked.getCount() == 0;
  }

  /** Waits for the first one. */
  void await() throws InterruptedException {
    asked.await();
  }
}
