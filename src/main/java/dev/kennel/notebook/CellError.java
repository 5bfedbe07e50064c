package dev.kennel.notebook;

/** What went wrong in a cell by the writer's mistake: the message says all there is to say. */
final class CellError extends RuntimeException {

  private static final long serialVersionUID = 1;

  CellError(String message) {
    super(message, null, false, false); // where it arose is Kennel's, and would tell nothing
  }

  CellError(String message, Throwable cause) {
    super(message, cause, false, false);
  }
}
