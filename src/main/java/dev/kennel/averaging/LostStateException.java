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
}
