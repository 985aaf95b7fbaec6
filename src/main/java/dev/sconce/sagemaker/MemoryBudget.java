package dev.sconce.sagemaker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Refuses models that would not fit into memory, before the system ends the whole server for them.
 * Safe from any thread; blocks on files.
 */
final class MemoryBudget {
  /**
   * What a model takes for each byte of its files. Measured: a twin's and a classifier's weights
   * took 1.0 to 1.15 bytes for each of theirs once loaded.
   */
  private static final double PER_BYTE = 1.2;

  /** What loading takes besides, and requests later. Measured with a twin of 107 MB: 140 MB. */
  private static final long BESIDES_BYTES = 160L << 20;

  private final LongSupplier availableBytes;
  private final Runnable giveBack;

  /** What models that are being loaded will take; belongs to this object's lock. */
  private long promisedBytes;

  /**
   * A budget.
   *
   * @param availableBytes what the server can still take
   * @param giveBack has the server let go of what it does not need
   */
  MemoryBudget(LongSupplier availableBytes, Runnable giveBack) {
    this.availableBytes = availableBytes;
    this.giveBack = giveBack;
  }

  /** Room for one model, kept free until it is closed: when the model is loaded, or has failed. */
  interface Room extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Keeps room for the model in {@code directory}; one that is not there needs none.
   *
   * @throws ServingException {@code OUT_OF_MEMORY} if there is not enough
   */
  synchronized Room keepFor(String name, Path directory) {
    long needed = needed(directory);
    if (needed > left()) {
      giveBack.run();
    }
    long left = left();
    if (needed > left) {
      throw new ServingException(
          ErrorCode.OUT_OF_MEMORY,
          "Model %s: out of memory: it needs about %d MB, and %d MB are left"
              .formatted(name, megabytes(needed), megabytes(left)));
    }
    promisedBytes += needed;
    return () -> release(needed);
  }

  /** Lets go of what the server does not need. */
  void giveBack() {
    giveBack.run();
  }

  private synchronized void release(long bytes) {
    promisedBytes -= bytes;
  }

  private long left() {
    return availableBytes.getAsLong() - promisedBytes;
  }

  private static long megabytes(long bytes) {
    return bytes >> 20;
  }

  private static long needed(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      long bytes =
          files
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .mapToLong(MemoryBudget::size)
              .sum();
      return Math.round(PER_BYTE * bytes) + BESIDES_BYTES;
    } catch (IOException | UncheckedIOException e) {
      return 0; // whoever opens it says what is wrong
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
