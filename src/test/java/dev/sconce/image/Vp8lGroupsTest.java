package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** A picture of one pixel may ask for 65,536 groups of prefix codes, each of them tables. */
class Vp8lGroupsTest {
  private final BitSet bits = new BitSet();
  private int count;

  @Test
  void aWebpOfTooManyGroupsOfCodesIsRefusedBeforeTheyAreRead() {
    number(0x2F, 8); // signature
    number(0, 14); // width less 1
    number(0, 14); // height less 1
    number(0, 1 + 3 + 1 + 1); // no alpha, version 0, no transform, no colour cache
    number(1, 1); // several groups
    number(0, 3 + 1); // smallest blocks; their image has no colour cache
    int group = 10_000;
    symbol(group & 0xFF); // green
    symbol(group >> 8); // red
    symbol(0); // blue
    symbol(0); // alpha
    symbol(0); // distance

    assertThatThrownBy(() -> GoldenPictures.decode(webp()))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessage("WebP: 10001 groups of prefix codes (expected: at most 10000)");
  }

  /** A code of one symbol, which then takes no bits. */
  private void symbol(int value) {
    number(1, 1); // simple
    number(0, 1); // one symbol
    number(1, 1); // of 8 bits
    number(value, 8);
  }

  private void number(int value, int size) {
    for (int i = 0; i < size; i++) {
      bits.set(count++, (value >> i & 1) == 1);
    }
  }

  private byte[] webp() {
    byte[] stream = new byte[(count + 7) / 8 + 8];
    System.arraycopy(bits.toByteArray(), 0, stream, 0, bits.toByteArray().length);
    int padded = stream.length + stream.length % 2;
    ByteBuffer file = ByteBuffer.allocate(20 + padded).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(12 + padded);
    file.put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII)).putInt(stream.length).put(stream);
    return file.array();
  }
}
