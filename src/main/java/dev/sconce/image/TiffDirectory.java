package dev.sconce.image;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The first image file directory of a TIFF or BigTIFF (TIFF 6.0, section 2), read as Pillow's
 * TiffImagePlugin reads it: of two entries with one tag the first counts, and entries whose values
 * are not there are left out. Immutable.
 */
final class TiffDirectory {
  private static final int BIG_MAGIC = 43;

  private final EncodedPicture picture;
  private final boolean bigEndian;
  private final boolean big;
  private final Map<Integer, Entry> entries = new HashMap<>();
  private final Set<Integer> unreadable = new HashSet<>();

  /** Where an entry's values stand, of so many bytes each. */
  private record Entry(int bytes, int count, long at) {}

  /** Reads the directory that the header points to. */
  TiffDirectory(EncodedPicture picture) {
    this.picture = picture;
    bigEndian = picture.u8(0) == 'M';
    big = picture.u8(2) == BIG_MAGIC || picture.u8(3) == BIG_MAGIC;
    long at = big ? offset(8) : offset(4);
    long count = number(at, big ? 8 : 2);
    long entry = at + (big ? 8 : 2);
    int length = big ? 20 : 12;
    for (long i = 0; i < count; i++) {
      if (entry > picture.length() - length) {
        throw picture.truncated();
      }
      readEntry(entry);
      entry += length;
    }
  }

  private void readEntry(long at) {
    int tag = (int) number(at, 2);
    int bytes = bytesOf((int) number(at + 2, 2));
    long count = number(at + 4, big ? 8 : 4);
    long field = at + (big ? 12 : 8);
    if (bytes == 0 || count < 1 || count > picture.length()) {
      return;
    }
    long values = bytes * count <= (big ? 8 : 4) ? field : offset(field);
    if (values >= 0 && values <= picture.length() - bytes * count) {
      entries.putIfAbsent(tag, new Entry(bytes, (int) count, values));
    } else {
      unreadable.add(tag);
    }
  }

  /** Bytes of a value of an unsigned type; 0 for other types. */
  private static int bytesOf(int type) {
    return switch (type) {
      case 1, 7 -> 1;
      case 3 -> 2;
      case 4, 13 -> 4;
      case 16, 18 -> 8;
      default -> 0;
    };
  }

  boolean bigEndian() {
    return bigEndian;
  }

  boolean has(int tag) {
    return entries.containsKey(tag);
  }

  /** Whether there is such an entry, but its values are not there. */
  boolean isUnreadable(int tag) {
    return unreadable.contains(tag) && !has(tag);
  }

  /** The entry's first value, or another one if there is no such entry. */
  long value(int tag, long otherwise) {
    Entry entry = entries.get(tag);
    return entry == null ? otherwise : number(entry.at, entry.bytes);
  }

  /** All values of an entry; none if there is no such entry. */
  long[] values(int tag) {
    Entry entry = entries.get(tag);
    long[] values = new long[entry == null ? 0 : entry.count];
    for (int i = 0; i < values.length && entry != null; i++) {
      values[i] = number(entry.at + (long) i * entry.bytes, entry.bytes);
    }
    return values;
  }

  private long offset(long at) {
    return number(at, big ? 8 : 4);
  }

  private long number(long at, int bytes) {
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      int shift = 8 * (bigEndian ? bytes - 1 - i : i);
      number |= (long) picture.u8(at + i) << shift;
    }
    return number;
  }
}
