package dev.kennel.notebook;

import dev.kennel.config.UserError;
import java.util.ArrayList;
import java.util.List;

/** An error as a notebook shows it: what happened first, and of the stack only the cell's part. */
final class ErrorText {

  private static final String RED = "\u001b[1;31m";
  private static final String PLAIN = "\u001b[0m";
  private static final String CELLS = "REPL.$JShell$"; // classes of Java cells
  private static final int FRAMES = 8;

  private ErrorText() {}

  static List<String> lines(Throwable error) {
    List<String> lines = new ArrayList<>();
    if (error instanceof CellError || error instanceof UserError || error instanceof Interrupted) {
      error.getMessage().lines().forEach(line -> lines.add(red(line)));
      return lines;
    }
    lines.addAll(named(error));
    Throwable cause = error.getCause();
    for (int depth = 0; cause != null && depth < FRAMES; depth++) {
      List<String> reason = named(cause);
      if (!lines.containsAll(reason)) {
        lines.add("because of");
        lines.addAll(reason);
      }
      cause = cause.getCause();
    }
    lines.addAll(frames(error));
    return lines;
  }

  private static String red(String line) {
    return RED + line + PLAIN;
  }

  /** Type and message, without the stack that Spark writes into messages. */
  private static List<String> named(Throwable error) {
    String message = error.getMessage() == null ? "" : ": " + error.getMessage();
    return (error.getClass().getSimpleName() + message)
        .lines()
        .takeWhile(line -> !line.equals("Driver stacktrace:"))
        .filter(line -> !line.startsWith("\tat ") && !line.isBlank())
        .map(ErrorText::red)
        .toList();
  }

  /** From where it was thrown to where the cell called. */
  private static List<String> frames(Throwable error) {
    List<String> frames = new ArrayList<>();
    for (StackTraceElement frame : error.getStackTrace()) {
      if (frame.getClassName().startsWith(CELLS)) {
        break;
      }
      if (frames.size() == FRAMES) {
        frames.add("    …");
        break;
      }
      frames.add("    at " + frame);
    }
    return frames;
  }
}
