package dev.sconce.archive;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that is kept open, so that it can be read again after it was deleted, or another was put
 * in its place. For one reader at a time. A channel of the JDK's own would be closed for good if a
 * thread that reads it is interrupted; this one is not.
 */
final class HeldFile implements AutoCloseable {
  private final Path path;
  private final RandomAccessFile file;
  private final State state;

  /** What tells a file from what it was before. */
  private record State(long size, FileTime modified, @Nullable Object key) {
    static State of(Path file) throws IOException {
      BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
      return new State(facts.size(), facts.lastModifiedTime(), facts.fileKey());
    }
  }

  private HeldFile(Path path, RandomAccessFile file, State state) {
    this.path = path;
    this.file = file;
    this.state = state;
  }

  static HeldFile open(Path path) throws IOException {
    State state = State.of(path);
    return new HeldFile(path, new RandomAccessFile(path.toFile(), "r"), state);
  }

  /**
   * Whether somebody has written to the file itself since it was opened. A file that was deleted,
   * or that another was moved over, is still what it was.
   */
  boolean wasChanged() throws IOException {
    try {
      State now = State.of(path);
      return Objects.equals(now.key, state.key) && !now.equals(state);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Reads the file from its start; to close it leaves the file open. */
  SeekableByteChannel reader() throws IOException {
    file.seek(0);
    return new Reader();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private final class Reader implements SeekableByteChannel {
    private boolean open = true;

    @Override
    public int read(ByteBuffer target) throws IOException {
      if (!target.hasRemaining()) {
        return 0;
      }
      byte[] bytes = new byte[Math.min(target.remaining(), 1 << 16)];
      int read = file.read(bytes);
      target.put(bytes, 0, Math.max(0, read));
      return read;
    }

    @Override
    public long position() throws IOException {
      return file.getFilePointer();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
      file.seek(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }

    @Override
    public int write(ByteBuffer source) {
      throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      throw new NonWritableChannelException();
    }
  }
}
