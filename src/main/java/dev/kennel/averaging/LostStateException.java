package dev.kennel.averaging;

/** Thrown where averaged parameters are no longer to be had, as after the loss of an executor. */
public final class LostStateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LostStateException(String message) {
    super(message);
  }

  LostStateException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Whether this is why something failed; Spark wraps what its tasks threw. */
  public static boolean isCauseOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LostStateException) {
        return true;
      }
    }
    return false;
  }
}
