package dev.sconce;

import ai.djl.engine.EngineException;
import dev.sconce.error.ServingException;
import java.util.Arrays;

/** Lets calls fail, and prints what that leaves in native memory. */
final class Failures {
  /** How often what takes less than a millisecond is let fail. */
  static final int MANY = 10_000;

  private Failures() {}

  /** A call that fails. */
  interface Call {
    void run() throws Exception;
  }

  /** As {@link #print(String, int, Call)}, {@link #MANY} times. */
  static void print(String name, Call failing) throws Exception {
    print(name, MANY, failing);
  }

  /**
   * Prints a line: a name, how many calls failed, and how many bytes of native memory each left.
   *
   * <p>That is the median of what each tenth of them left: whenever a JVM compiles, it takes some
   * megabytes, and gives them back some seconds later.
   *
   * @param times of which there are some more before, so that what is made once, is made
   */
  static void print(String name, int times, Call failing) throws Exception {
    int tenth = times / 10;
    fail(tenth, failing);
    long[] left = new long[10];
    long before = bytesInUse();
    for (int i = 0; i < left.length; i++) {
      fail(tenth, failing);
      long after = bytesInUse();
      left[i] = after - before;
      before = after;
    }
    Arrays.sort(left);
    System.out.println(name + " " + times + " " + left[left.length / 2] / tenth);
  }

  private static void fail(int times, Call failing) throws Exception {
    for (int i = 0; i < times; i++) {
      try {
        failing.run();
      } catch (ServingException | EngineException | IllegalArgumentException e) {
        continue;
      }
      throw new IllegalStateException("a call that should fail did not");
    }
  }

  private static long bytesInUse() {
    System.gc(); // direct buffers that nobody has any more are native memory, too
    return NativeHeap.bytesInUse().orElseThrow();
  }
}
