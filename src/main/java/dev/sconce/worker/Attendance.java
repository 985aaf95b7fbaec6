package dev.sconce.worker;

/**
 * Is told which threads have requests to answer, so that what they need besides memory can be
 * shared among them.
 */
public interface Attendance {
  /** The thread begins a batch; called on it. */
  void begin(Thread thread);

  /**
   * The thread has answered its batch; called on it, perhaps more than once. Or it is given up on
   * because its handler hangs: called on the timer's thread.
   */
  void end(Thread thread);
}
