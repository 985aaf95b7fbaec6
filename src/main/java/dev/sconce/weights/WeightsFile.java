package dev.sconce.weights;

import dev.sconce.error.ServingException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file of weights while it is being read: its bytes by position, memory-mapped.
 *
 * <p>The file is mapped in windows that overlap by half, so that a piece of up to 1 GiB always lies
 * in one of them: a few mappings serve any number of tensors. What was handed out stays valid after
 * {@link #close}, until the last slice of a window is garbage. The file must not be cut short
 * meanwhile: reading a page that is gone raises an {@link InternalError}.
 *
 * <p>Owned by the one thread that reads the file.
 */
final class WeightsFile implements Closeable {
  private static final long WINDOW_STEP = 1L << 30;

  private final Source source;
  private final FileChannel channel;
  private final long length;
  private final @Nullable ByteBuffer[] windows;

  private WeightsFile(Source source, FileChannel channel, long length) {
    this.source = source;
    this.channel = channel;
    this.length = length;
    this.windows = new ByteBuffer[(int) (length / WINDOW_STEP) + 1];
  }

  static WeightsFile open(Path path) {
    Source source = new Source(String.valueOf(path.getFileName()));
    if (!Files.isRegularFile(path)) {
      throw source.fault("no such file (expected: a file of weights)");
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      return new WeightsFile(source, channel, channel.size());
    } catch (IOException e) {
      throw unreadable(source, e);
    }
  }

  Source source() {
    return source;
  }

  long length() {
    return length;
  }

  /**
   * The {@code size} bytes from {@code offset} on, read-only and in little-endian order.
   *
   * @throws IndexOutOfBoundsException if they are not inside the file, or more than 2 GiB
   */
  ByteBuffer slice(long offset, long size) {
    if (offset < 0 || size < 0 || size > Integer.MAX_VALUE || offset > length - size) {
      throw new IndexOutOfBoundsException(offset + " + " + size + " of " + length);
    }
    ByteBuffer slice;
    if (size <= WINDOW_STEP) {
      int window = (int) (offset / WINDOW_STEP);
      slice = window(window).slice((int) (offset - window * WINDOW_STEP), (int) size);
    } else {
      slice = map(offset, size);
    }
    return slice.order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer window(int index) {
    ByteBuffer window = windows[index];
    if (window == null) {
      long offset = index * WINDOW_STEP;
      window = map(offset, Math.min(Integer.MAX_VALUE, length - offset));
      windows[index] = window;
    }
    return window;
  }

  private ByteBuffer map(long offset, long size) {
    try {
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, size);
    } catch (IOException e) {
      throw unreadable(source, e);
    }
  }

  private static ServingException unreadable(Source source, IOException cause) {
    String why =
        cause instanceof AccessDeniedException
            ? "permission denied"
            : cause.getClass().getSimpleName();
    return source.fault("cannot be read: " + why, cause);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(source, e);
    }
  }
}
