package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ServingException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class BodyCollectorTest {
  private static final BodyBudget BUDGET = new BodyBudget(Long.MAX_VALUE);

  private static final Random RANDOM = new Random(5);

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static void add(BodyCollector collector, ByteBuf piece) {
    collector.add(piece);
    piece.release();
  }

  @Test
  void piecesOfAllSizesComeOutInTheirOrder() {
    BodyCollector collector = new BodyCollector(ByteBufAllocator.DEFAULT, BUDGET);
    for (int round = 0; round < 50; round++) {
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      for (int piece = RANDOM.nextInt(60); piece > 0; piece--) {
        byte[] bytes = random(RANDOM.nextInt(RANDOM.nextBoolean() ? 100 : 20_000));
        expected.writeBytes(bytes);
        add(collector, ByteBufAllocator.DEFAULT.buffer().writeBytes(bytes));
      }
      assertThat(collector.size()).isEqualTo(expected.size());
      assertThat(collector.toArray()).isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void nothingIsHeldOnceTheBytesHaveBeenTaken() {
    BodyCollector collector = new BodyCollector(ByteBufAllocator.DEFAULT, BUDGET);
    ByteBuf first = Unpooled.wrappedBuffer(random(10));
    ByteBuf second = Unpooled.wrappedBuffer(random(50_000));
    collector.add(first);
    collector.add(second);
    assertThat(first.refCnt()).isEqualTo(2);
    assertThat(second.refCnt()).isEqualTo(2);
    assertThat(collector.toArray()).hasSize(50_010);
    assertThat(first.refCnt()).isEqualTo(1);
    assertThat(second.refCnt()).isEqualTo(1);
    assertThat(collector.size()).isZero();
  }

  @Test
  void nothingIsHeldOnceTheBytesHaveBeenDiscarded() {
    BodyCollector collector = new BodyCollector(ByteBufAllocator.DEFAULT, BUDGET);
    ByteBuf piece = Unpooled.wrappedBuffer(random(5000));
    collector.add(piece);
    collector.discard();
    assertThat(piece.refCnt()).isEqualTo(1);
    assertThat(collector.toArray()).isEmpty();
  }

  /** A chunk of one byte must not hold the 64 KiB buffer that it was read into. */
  @Test
  void aHundredThousandPiecesOfOneByteWeighLittleMoreThanTheirBytes() {
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    BodyCollector collector = new BodyCollector(allocator, BUDGET);
    for (int i = 0; i < 100_000; i++) {
      add(collector, allocator.heapBuffer(65_536).writeByte(i));
    }
    assertThat(allocator.metric().usedHeapMemory()).isLessThan(65_536 + 120_000);
    assertThat(collector.toArray()).hasSize(100_000);
    assertThat(allocator.metric().usedHeapMemory()).isZero();
  }

  @Test
  void whatAllHoldTogetherIsBoundedAndIsFreeAgainWhenTheyAreDone() {
    BodyBudget budget = new BodyBudget(10);
    BodyCollector first = new BodyCollector(ByteBufAllocator.DEFAULT, budget);
    BodyCollector second = new BodyCollector(ByteBufAllocator.DEFAULT, budget);
    first.add(Unpooled.wrappedBuffer(new byte[6]));
    second.add(Unpooled.wrappedBuffer(new byte[4]));
    assertThatThrownBy(() -> second.add(Unpooled.wrappedBuffer(new byte[1])))
        .isInstanceOf(ServingException.class)
        .hasMessage(
            "out of memory: 11 bytes of requests' bodies are on their way (expected: at most 10)");
    assertThat(first.toArray()).hasSize(6);
    second.add(Unpooled.wrappedBuffer(new byte[6]));
    second.discard();
    first.add(Unpooled.wrappedBuffer(new byte[10]));
    first.discard();
  }
}
