package dev.sconce.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A read-only channel that gives out a limited number of bytes until {@link #lift} is called. A zip
 * reader keeps every header in memory, so the bytes it may read while it opens a file bound the
 * memory a hostile directory can take.
 */
final class MeteredChannel implements SeekableByteChannel {
  private final SeekableByteChannel channel;
  private long left;

  MeteredChannel(SeekableByteChannel channel, long limit) {
    this.channel = channel;
    this.left = limit;
  }

  /** From here on, all may be read. */
  void lift() {
    left = Long.MAX_VALUE;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int read = channel.read(target);
    left -= Math.max(read, 0);
    if (left < 0) {
      throw new IOException("its directory is too large");
    }
    return read;
  }

  @Override
  public long position() throws IOException {
    return channel.position();
  }

  @Override
  public SeekableByteChannel position(long position) throws IOException {
    channel.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
