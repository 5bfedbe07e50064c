package dev.kennel.notebook;

/** The reader interrupted the cell. */
final class Interrupted extends RuntimeException {

  private static final long serialVersionUID = 1;

  Interrupted() {
    super("The cell was interrupted before its end", null, false, false);
  }
}
