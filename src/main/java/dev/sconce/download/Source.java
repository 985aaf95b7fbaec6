package dev.sconce.download;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/**
 * What a URL turned out to name: its bytes, not read yet.
 *
 * @param bytes to be read by one thread; any other may close it, to make that one end
 * @param length how many bytes there are, if that is known
 */
record Source(InputStream bytes, OptionalLong length) implements AutoCloseable {
  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
