package dev.kennel.config;

/**
 * A mistake the user can mend: the message, one line, says what cannot be done, to what, why, and
 * the way out. The command line prints that line alone and exits with 2.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
