package dev.sconce.logs;

/** What is logged at least. */
public enum LogLevel {
  /** Everything. */
  DEBUG,
  /** What happens. */
  INFO,
  /** What may be wrong. */
  WARN,
  /** What failed. */
  ERROR;

  /**
   * The level of a number of Python's, whose loggers leave out whatever has a lower one: DEBUG has
   * 10, INFO 20, WARNING 30, ERROR 40, CRITICAL 50.
   */
  public static LogLevel ofPython(int number) {
    if (number <= 10) {
      return DEBUG;
    }
    if (number <= 20) {
      return INFO;
    }
    return number <= 30 ? WARN : ERROR;
  }
}
