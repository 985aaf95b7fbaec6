package dev.sconce.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryBudgetTest {
  /** A model of 10 MB takes 12 MB, and 160 MB to load. */
  private static final long NEEDED = 172L << 20;

  @TempDir Path directory;
  private final AtomicLong available = new AtomicLong();
  private final AtomicLong freed = new AtomicLong();
  private final MemoryBudget budget =
      new MemoryBudget(available::get, () -> available.addAndGet(freed.get()));

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
        .hasMessage("Model m: out of memory: it needs about 172 MB, and 171 MB are left")
        .extracting(e -> ((ServingException) e).code())
        .isEqualTo(ErrorCode.OUT_OF_MEMORY);
  }

  @Test
  void oneThatJustFitsIsNot() {
    available.set(NEEDED);
    keep().close();
    keep().close();
  }

  @Test
  void modelsThatLoadAtTheSameTimeShareWhatIsLeft() {
    available.set(2 * NEEDED - 1);
    MemoryBudget.Room first = keep();
    assertThatThrownBy(this::keep).isInstanceOf(ServingException.class);
    first.close();
    keep().close();
  }

  @Test
  void whatIsNotNeededIsGivenBackBeforeAModelIsRefused() {
    available.set(NEEDED - 1);
    freed.set(1);
    keep().close();
    assertThat(available).hasValue(NEEDED);
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Files.createSymbolicLink(directory.resolve("up"), directory);
    Files.createSymbolicLink(directory.resolve("linked.pth"), directory.resolve("a.pth"));
    available.set(NEEDED);
    keep().close();
  }

  @Test
  void whoeverOpensAModelThatIsNotThereSaysSo() {
    budget.keepFor("m", directory.resolve("none")).close();
    assertThat(available).hasValue(0);
  }
}
