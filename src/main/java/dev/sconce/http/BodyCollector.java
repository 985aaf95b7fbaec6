package dev.sconce.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one body while they come in.
 *
 * <p>They stay where Netty read them to until the last has come, and are copied once then, into one
 * array of just their size. The copy is what lets them go to other threads without anyone counting
 * references; making it at the end and not into an array of the announced size means that a client
 * holds no more memory than it has sent bytes. Only small pieces are moved together on arrival, for
 * each holds the whole buffer that it was read into: thousands of one-byte chunks would otherwise
 * weigh hundreds of times their size.
 *
 * <p>Belongs to one event loop. Holds counted buffers until {@link #toArray} or {@link #discard}.
 */
final class BodyCollector {
  private static final int SMALL_PIECE_BYTES = 4096;
  private static final int TAIL_BYTES = 16 * 1024;

  private final ByteBufAllocator allocator;
  private final BodyBudget budget;
  private final List<ByteBuf> pieces = new ArrayList<>(1);

  /** The last of the pieces if it is a buffer of our own, where small pieces are moved together. */
  private @Nullable ByteBuf tail;

  private long size;

  /** An empty one, which takes its room from {@code budget} while it holds bytes. */
  BodyCollector(ByteBufAllocator allocator, BodyBudget budget) {
    this.allocator = allocator;
    this.budget = budget;
  }

  /** How many bytes have come. */
  long size() {
    return size;
  }

  /**
   * Appends a piece; the caller keeps its own reference to it.
   *
   * @throws dev.sconce.error.ServingException {@code OUT_OF_MEMORY} if the budget has no room
   */
  void add(ByteBuf piece) {
    if (!piece.isReadable()) {
      return;
    }
    budget.take(piece.readableBytes());
    size += piece.readableBytes();
    if (pieces.isEmpty() || piece.readableBytes() > SMALL_PIECE_BYTES) {
      pieces.add(piece.retainedSlice());
      tail = null;
    } else {
      tailFor(piece.readableBytes()).writeBytes(piece, piece.readerIndex(), piece.readableBytes());
    }
  }

  private ByteBuf tailFor(int length) {
    ByteBuf writable = tail;
    if (writable == null || writable.writableBytes() < length) {
      writable = allocator.heapBuffer(TAIL_BYTES, TAIL_BYTES);
      pieces.add(writable);
      tail = writable;
    }
    return writable;
  }

  /** All bytes; nothing is held any more. */
  byte[] toArray() {
    byte[] bytes = new byte[Math.toIntExact(size)];
    int at = 0;
    for (ByteBuf piece : pieces) {
      int length = piece.readableBytes();
      piece.readBytes(bytes, at, length);
      at += length;
    }
    discard();
    return bytes;
  }

  /** Lets go of everything. */
  void discard() {
    pieces.forEach(ByteBuf::release);
    pieces.clear();
    tail = null;
    budget.giveBack(size);
    size = 0;
  }
}
