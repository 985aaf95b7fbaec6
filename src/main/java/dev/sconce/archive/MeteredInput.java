package dev.sconce.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Stops a stream once an allowance is used up. A tar reader keeps long names and attributes in
 * memory and recurses over them, so the bytes it may read for one entry's description are bounded.
 */
final class MeteredInput extends FilterInputStream {
  private long left;

  MeteredInput(InputStream in) {
    super(in);
  }

  /** From here on, {@code bytes} may be read. */
  void allow(long bytes) {
    left = bytes;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    pass(value < 0 ? 0 : 1);
    return value;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = super.read(target, offset, length);
    pass(Math.max(read, 0));
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = super.skip(bytes);
    pass(skipped);
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void pass(long bytes) throws IOException {
    left -= bytes;
    if (left < 0) {
      throw new IOException("the description of an entry is too large");
    }
  }
}
