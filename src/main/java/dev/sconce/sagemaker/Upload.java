package dev.sconce.sagemaker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file on its way: under a name of its own, and in one step under the one it is to have. Owned by
 * one thread at a time.
 */
final class Upload implements AutoCloseable {
  private final Path file;
  private final Path unfinished;
  private final SeekableByteChannel channel;

  private Upload(Path file, Path unfinished, SeekableByteChannel channel) {
    this.file = file;
    this.unfinished = unfinished;
    this.channel = channel;
  }

  /** Begins one in a directory that is there. */
  static Upload to(Path file) throws IOException {
    Path unfinished = Files.createTempFile(file.getParent(), ".", ".part");
    return new Upload(file, unfinished, Files.newByteChannel(unfinished, StandardOpenOption.WRITE));
  }

  /** Appends what is between the buffer's position and its limit, which stay. */
  void write(ByteBuffer bytes) throws IOException {
    ByteBuffer left = bytes.duplicate();
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  /** It is whole: puts it into its place, of whatever file is there. */
  void finish() throws IOException {
    channel.close();
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes what is not finished. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(unfinished);
  }
}
