package dev.sconce.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The bytes that one or more tensors lie in. */
sealed interface Storage {

  /** How many bytes there are; may exceed 2 GiB. */
  long byteLength();

  /** A part of the bytes, read-only, of at most 2 GiB; the caller has checked that it is inside. */
  ByteBuffer slice(long offset, long size);

  /** A storage that is a piece of the file as it stands. */
  record Mapped(WeightsFile file, long offset, long byteLength) implements Storage {
    @Override
    public ByteBuffer slice(long start, long size) {
      return file.slice(offset + start, size);
    }
  }

  /** A storage that had to be decompressed. */
  record Inflated(ByteBuffer bytes) implements Storage {
    @Override
    public long byteLength() {
      return bytes.capacity();
    }

    @Override
    public ByteBuffer slice(long start, long size) {
      return bytes.asReadOnlyBuffer().slice((int) start, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
