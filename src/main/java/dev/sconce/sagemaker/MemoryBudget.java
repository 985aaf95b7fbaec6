package dev.sconce.sagemaker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Refuses models that would not fit into memory, before the system ends the whole server for them.
 * Safe from any thread; blocks on files, and holds up nobody else meanwhile.
 *
 * <p>What a model takes was measured as what its loading and two requests add to the process's
 * anonymous memory (Serial and G1, heaps of 78 to 512 MB). Of the first model of all: 5 MB for a
 * TorchScript file of a few kB, 24 to 29 MB for a small twin's 3 MB, 178 to 205 MB for a ResNet-50
 * twin's 107 MB. Of later ones: 0 MB for those few kB, 5 and 8 MB for a classifier and a U-Net of 1
 * MB, 9 to 11 MB for 3 MB, 43 to 47 MB for 45 MB, 73 to 100 MB for 98 MB, 508 to 528 MB for 528 MB,
 * 99 to 149 MB for 107 MB. The most that a later one took besides its files was with the first
 * large model after a small one: 162 MB, at its peak 182 MB, for 107 MB.
 */
final class MemoryBudget {
  /**
   * What a model takes for each byte of its files: weights are read piece by piece, but those of a
   * written network are put into another order once they are loaded, which left ten twins of 107 MB
   * with 149 MB each, where 87 MB had done before.
   */
  private static final double PER_BYTE = 1.5;

  /**
   * What the first model takes besides: libtorch's start, Java's heap and compiled code, and
   * requests later.
   */
  private static final long FIRST_BYTES = 160L << 20;

  /**
   * What loading writes to the temporary directory for each byte of a model's files, at most: what
   * an archive is unpacked to, and a network that is written. Where that directory is in memory, as
   * {@code docker run --tmpfs /tmp} has it, they count as the process's memory until they are
   * deleted. Measured with a twin of 107 MB: 105 MB for a plain directory, 178 to 211 MB for an
   * archive.
   */
  private static final double TEMPORARY_PER_BYTE = 2;

  /** What any later one takes besides: what is left of the above, if the first one was small. */
  private static final long LATER_BYTES = 64L << 20;

  private final LongSupplier availableBytes;
  private final Runnable giveBack;
  private final double perByte;
  private final AtomicReference<State> state = new AtomicReference<>(new State(0, false));

  /**
   * What has been decided so far.
   *
   * @param promisedBytes what models that are being loaded will take
   * @param loaded whether any model has ever been loaded in this process
   */
  private record State(long promisedBytes, boolean loaded) {
    State promising(long bytes) {
      return new State(promisedBytes + bytes, loaded);
    }

    State released(long bytes, boolean nowLoaded) {
      return new State(promisedBytes - bytes, loaded || nowLoaded);
    }
  }

  /** What a model needs, and what is left for it. */
  private record Offer(long neededBytes, long leftBytes) {
    boolean fits() {
      return neededBytes <= leftBytes;
    }
  }

  /**
   * A budget.
   *
   * @param availableBytes what the server can still take
   * @param giveBack has the server let go of what it does not need
   * @param temporaryInMemory whether temporary files take memory, too
   */
  MemoryBudget(LongSupplier availableBytes, Runnable giveBack, boolean temporaryInMemory) {
    this.availableBytes = availableBytes;
    this.giveBack = giveBack;
    this.perByte = PER_BYTE + (temporaryInMemory ? TEMPORARY_PER_BYTE : 0);
  }

  /** Room for one model, kept free until it is released. */
  interface Room {
    /** The model is in memory now, if it is {@code loaded}, or has failed. To be called once. */
    void release(boolean loaded);
  }

  /**
   * Keeps room for the model in {@code directory}; one that is not there needs none.
   *
   * @throws ServingException {@code OUT_OF_MEMORY} if there is not enough
   */
  Room keepFor(String name, Path directory) {
    OptionalLong files = fileBytes(directory);
    if (files.isEmpty()) {
      return loaded -> {}; // whoever opens it says what is wrong
    }
    long weights = Math.round(perByte * files.getAsLong());
    Offer offer = promise(weights);
    if (!offer.fits()) {
      giveBack.run();
      offer = promise(weights);
    }
    if (!offer.fits()) {
      throw new ServingException(
          ErrorCode.OUT_OF_MEMORY,
          "Model %s: out of memory: it needs about %d MB, and %d MB are left"
              .formatted(name, megabytes(offer.neededBytes), megabytes(offer.leftBytes)));
    }
    long promised = offer.neededBytes;
    return loaded -> state.updateAndGet(now -> now.released(promised, loaded));
  }

  /**
   * Promises what a model needs if it fits. What another one took meanwhile may or may not be in
   * what was measured as left, and that is then measured again.
   */
  private Offer promise(long weights) {
    while (true) {
      State seen = Objects.requireNonNull(state.get());
      long needed = weights + (seen.loaded ? LATER_BYTES : FIRST_BYTES);
      Offer offer = new Offer(needed, availableBytes.getAsLong() - seen.promisedBytes);
      if (state.compareAndSet(seen, offer.fits() ? seen.promising(needed) : seen)) {
        return offer;
      }
    }
  }

  /** Lets go of what the server does not need. */
  void giveBack() {
    giveBack.run();
  }

  private static long megabytes(long bytes) {
    return bytes >> 20;
  }

  /** The bytes of all files below a directory; empty if they cannot be seen. */
  private static OptionalLong fileBytes(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return OptionalLong.of(
          files
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .mapToLong(MemoryBudget::size)
              .sum());
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty();
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
