package dev.kennel.averaging;

import java.util.Optional;

/** Thrown where averaged parameters are no longer to be had, as after the loss of an executor. */
public final class LostStateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LostStateException(String message) {
    super(message);
  }

  LostStateException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The one that is the cause of a failure, if any; Spark wraps what its tasks threw. */
  public static Optional<LostStateException> in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LostStateException lost) {
        return Optional.of(lost);
      }
    }
    return Optional.empty();
  }
}
