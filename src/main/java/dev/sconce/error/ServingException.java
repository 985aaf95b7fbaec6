package dev.sconce.error;

import java.util.Objects;

/**
 * The one exception rooms throw to say what went wrong.
 *
 * <p>The message is shown to the caller: it names the offending value and what was expected, as in
 * {@code batch_size: 0 (expected: >= 1)}.
 */
public final class ServingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /** A failure with the given meaning and a message fit for the caller. */
  public ServingException(ErrorCode code, String message) {
    super(message);
    this.code = Objects.requireNonNull(code);
  }

  /** A failure with the given meaning, a message fit for the caller, and its cause for the log. */
  public ServingException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = Objects.requireNonNull(code);
  }

  /** What went wrong. */
  public ErrorCode code() {
    return code;
  }

  /** The message; never null. */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
