package dev.sconce;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import java.util.OptionalLong;

/** What the process has of {@code malloc}'s memory, where libtorch keeps its tensors. */
final class NativeHeap {
  private NativeHeap() {}

  /** The C library's calls. */
  private interface LibC extends Library {
    /** See {@code man 3 mallinfo}. */
    MallInfo mallinfo2();
  }

  /** {@code struct mallinfo2}. */
  @FieldOrder({
    "arena",
    "ordblks",
    "smblks",
    "hblks",
    "hblkhd",
    "usmblks",
    "fsmblks",
    "uordblks",
    "fordblks",
    "keepcost"
  })
  public static final class MallInfo extends Structure implements Structure.ByValue {
    public NativeLong arena = new NativeLong();
    public NativeLong ordblks = new NativeLong();
    public NativeLong smblks = new NativeLong();
    public NativeLong hblks = new NativeLong();

    /** Bytes in blocks of their own. */
    public NativeLong hblkhd = new NativeLong();

    public NativeLong usmblks = new NativeLong();
    public NativeLong fsmblks = new NativeLong();

    /** Bytes in use in all arenas. */
    public NativeLong uordblks = new NativeLong();

    public NativeLong fordblks = new NativeLong();
    public NativeLong keepcost = new NativeLong();
  }

  /**
   * Bytes that were asked for and not given back; the Java heap is not among them. Empty where the
   * C library does not count them: it is glibc that does, since 2.33.
   */
  static OptionalLong bytesInUse() {
    try {
      MallInfo info = Native.load("c", LibC.class).mallinfo2();
      return OptionalLong.of(info.uordblks.longValue() + info.hblkhd.longValue());
    } catch (UnsatisfiedLinkError e) {
      return OptionalLong.empty();
    }
  }
}
