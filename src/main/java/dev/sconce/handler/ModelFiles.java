package dev.sconce.handler;

import java.nio.file.Path;

/**
 * A model's files, for built-in handlers that need them once more when they serve: what an archive
 * was unpacked to is deleted as soon as its workers are ready. Safe from any thread.
 */
@FunctionalInterface
public interface ModelFiles {
  /**
   * Has the files be there until the loan is closed. Blocks while they are unpacked.
   *
   * @throws dev.sconce.error.ServingException {@code INTERNAL} if the archive was written to since
   *     the model was registered
   */
  Loan borrow();

  /**
   * The files for as long as they are needed.
   *
   * @param directory where they are meanwhile; only to be read
   * @param giveBack called when it is closed
   */
  record Loan(Path directory, Runnable giveBack) implements AutoCloseable {
    @Override
    public void close() {
      giveBack.run();
    }
  }

  /** Files that stay where they are. */
  static ModelFiles in(Path directory) {
    return () -> new Loan(directory, () -> {});
  }
}
