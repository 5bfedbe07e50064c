package dev.kennel.table;

/** Thrown where tables were written by a later version of Kennel, which may mean something else. */
public final class LaterVersionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LaterVersionException(String message) {
    super(message);
  }
}
