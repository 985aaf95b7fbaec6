package dev.sconce.worker;

/** For handlers whose threads share nothing. */
public final class NoAttendance implements Attendance {
  @Override
  public void begin(Thread thread) {}

  @Override
  public void end(Thread thread) {}
}
