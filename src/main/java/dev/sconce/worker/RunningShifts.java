package dev.sconce.worker;

import dev.sconce.handler.Device;
import dev.sconce.handler.SharedResources;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The threads of a crew and what they share. Belongs to the crew's lock.
 *
 * <p>What is shared is closed once no thread runs that has it, be it one that was given up on: so
 * never under a thread that may be in native code. A thread that takes a hanging one's place shares
 * the same: handlers on one device use it side by side anyway.
 */
final class RunningShifts {
  /** All whose thread has not ended. */
  private final Set<Shift> all = new HashSet<>();

  private final Set<Shift> abandoned = new HashSet<>();

  /** Those that end and close what was shared. */
  private final Set<Shift> closing = new HashSet<>();

  /** What those share that begin now. */
  private final Map<Device, SharedResources> shared = new HashMap<>();

  /** What a shift that begins on {@code device} is to share with others. */
  SharedResources sharedOn(Device device) {
    return shared.getOrDefault(device, new SharedResources());
  }

  /** A thread has been started. */
  void add(Shift shift) {
    all.add(shift);
    shared.put(shift.worker().device(), shift.shared());
  }

  /** A thread ends; says whether it is to close what it shared. Followed by {@link #ended}. */
  boolean ends(Shift shift) {
    all.remove(shift);
    boolean last = all.stream().noneMatch(other -> other.shared() == shift.shared());
    if (last) {
      closing.add(shift);
      shared.remove(shift.worker().device(), shift.shared());
    }
    return last;
  }

  /** Gives up on a thread; false if it has ended meanwhile. */
  boolean abandon(Shift shift) {
    if (!all.contains(shift)) {
      return false;
    }
    abandoned.add(shift);
    if (!shift.isOpen()) {
      // It may hang within what is shared, and whoever asks for that would hang, too.
      shared.remove(shift.worker().device(), shift.shared());
    }
    return true;
  }

  /** A thread has done all it had to; says whether it had been given up on. */
  boolean ended(Shift shift) {
    closing.remove(shift);
    return abandoned.remove(shift);
  }

  /** How many threads run that were given up on. */
  int abandoned() {
    return abandoned.size();
  }

  boolean isEmpty() {
    return all.isEmpty() && closing.isEmpty();
  }
}
