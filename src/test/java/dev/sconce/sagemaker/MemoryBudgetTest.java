package dev.sconce.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MemoryBudgetTest {
  /** A model of 10 MB takes 15 MB, and 160 MB besides if it is the first. */
  private static final long NEEDED = 175L << 20;

  /** The same if it is not the first: 64 MB besides. */
  private static final long NEEDED_LATER = 79L << 20;

  @TempDir Path directory;
  private final AtomicLong available = new AtomicLong();
  private final AtomicLong freed = new AtomicLong();
  private LongSupplier measured = available::get;
  private Runnable giveBack = () -> available.addAndGet(freed.get());
  private final MemoryBudget budget =
      new MemoryBudget(() -> measured.getAsLong(), () -> giveBack.run(), false);

  @BeforeEach
  void tenMegabytes() throws IOException {
    Files.createDirectory(directory.resolve("code"));
    Files.write(directory.resolve("a.pth"), new byte[6 << 20]);
    Files.write(directory.resolve("code/b.pth"), new byte[4 << 20]);
  }

  private MemoryBudget.Room keep() {
    return budget.keepFor("m", directory);
  }

  @Test
  void aModelThatDoesNotFitIsRefusedWithWhatItNeedsAndWhatIsLeft() {
    available.set(NEEDED - 1);
    assertThatThrownBy(this::keep)
        .isInstanceOf(ServingException.class)
        .hasMessage("Model m: out of memory: it needs about 175 MB, and 174 MB are left")
        .extracting(e -> ((ServingException) e).code())
        .isEqualTo(ErrorCode.OUT_OF_MEMORY);
  }

  @Test
  void oneThatJustFitsIsNot() {
    available.set(NEEDED);
    keep().release(false);
    keep().release(true);
  }

  @Test
  void whatTheFirstModelCostTheProcessIsNotAskedForAgain() {
    available.set(NEEDED);
    keep().release(true);
    available.set(NEEDED_LATER);
    keep().release(true);
    available.set(NEEDED_LATER - 1);
    assertThatThrownBy(this::keep)
        .hasMessage("Model m: out of memory: it needs about 79 MB, and 78 MB are left");
  }

  @Test
  void whatLoadingWritesIsAskedForWhereTemporaryFilesTakeMemory() {
    MemoryBudget withFiles = new MemoryBudget(available::get, () -> {}, true);
    available.set(NEEDED + (20 << 20));
    withFiles.keepFor("m", directory).release(false);
    available.set(NEEDED + (20 << 20) - 1);
    assertThatThrownBy(() -> withFiles.keepFor("m", directory))
        .hasMessage("Model m: out of memory: it needs about 195 MB, and 194 MB are left");
  }

  @Test
  void aModelThatFailsIsNotTheFirst() {
    available.set(NEEDED);
    keep().release(false);
    available.set(NEEDED - 1);
    assertThatThrownBy(this::keep).isInstanceOf(ServingException.class);
  }

  @Test
  void modelsThatLoadAtTheSameTimeShareWhatIsLeft() {
    available.set(2 * NEEDED - 1);
    MemoryBudget.Room first = keep();
    assertThatThrownBy(this::keep).isInstanceOf(ServingException.class);
    first.release(true);
    keep().release(true);
  }

  @Test
  void whatIsNotNeededIsGivenBackBeforeAModelIsRefused() {
    available.set(NEEDED - 1);
    freed.set(1);
    keep().release(true);
    assertThat(available).hasValue(NEEDED);
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whileMemoryIsGivenBackForOneModelOthersComeAndGo() {
    giveBack =
        () -> {
          available.set(2 * NEEDED);
          CompletableFuture.supplyAsync(this::keep).join().release(false);
        };
    keep().release(true);
  }

  @Test
  void whatIsMeasuredWhileAnotherModelGetsReadyIsMeasuredAgain() {
    available.set(2 * NEEDED);
    MemoryBudget.Room first = keep();
    measured =
        () -> {
          measured = () -> NEEDED_LATER - 1;
          first.release(true);
          return 2 * NEEDED; // from before the first model took its part
        };
    assertThatThrownBy(this::keep)
        .hasMessage("Model m: out of memory: it needs about 79 MB, and 78 MB are left");
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Files.createSymbolicLink(directory.resolve("up"), directory);
    Files.createSymbolicLink(directory.resolve("linked.pth"), directory.resolve("a.pth"));
    available.set(NEEDED);
    keep().release(true);
  }

  @Test
  void whoeverOpensAModelThatIsNotThereSaysSo() {
    budget.keepFor("m", directory.resolve("none")).release(false);
    assertThat(available).hasValue(0);
  }
}
