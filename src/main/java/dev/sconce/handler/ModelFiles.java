package dev.sconce.handler;

/**
 * The files in {@link HandlerContext#modelDirectory}, for built-in handlers: what an archive was
 * unpacked to is deleted once a model has been loaded from it. Safe from any thread.
 */
@FunctionalInterface
public interface ModelFiles {
  /** Files that lie where they are anyway. */
  ModelFiles ALWAYS_THERE = () -> () -> {};

  /** For as long as the files are needed. */
  interface Loan extends AutoCloseable {
    /** Gives the files back. */
    @Override
    void close();
  }

  /**
   * Has the files be there until the loan is closed. Blocks while they are unpacked.
   *
   * @throws dev.sconce.error.ServingException {@code INVALID_MODEL} if the archive is gone, or is
   *     another one by now
   */
  Loan borrow();
}
