package dev.kennel.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * A statement in Spark SQL, or a command of the shell, out of a text with any number of them.
 *
 * @param text without the semicolon, and without blanks and comments around it
 * @param line where it begins, from 1
 * @param column where it begins in that line, from 1
 * @param isComplete whether it has its end: a semicolon or, if it is a command, its line's end
 */
record Statement(String text, int line, int column, boolean isComplete) {

  boolean isCommand() {
    return text.startsWith("\\");
  }

  /** The statements of a text; what is blank or a comment is none. */
  static List<Statement> of(String script) {
    List<Statement> statements = new ArrayList<>();
    Token first = null;
    Token last = null;
    for (Token token : Token.scan(script)) {
      if (token.kind() == Token.Kind.COMMAND) {
        statements.add(statement(script, token, token, true));
      } else if (token.kind() == Token.Kind.SEMICOLON) {
        if (first != null) {
          statements.add(statement(script, first, last, true));
        }
        first = null;
      } else if (!token.isBlank()) {
        first = first == null ? token : first;
        last = token;
      }
    }
    if (first != null) {
      statements.add(statement(script, first, last, false));
    }
    return statements;
  }

  /**
   * Whether a text that is being typed ends with the end of a statement, or has none begun; not
   * within a string or a comment.
   */
  static boolean isWhole(String script) {
    List<Token> tokens = Token.scan(script);
    boolean isClosed = tokens.isEmpty() || tokens.get(tokens.size() - 1).closed();
    return isClosed && of(script).stream().allMatch(Statement::isComplete);
  }

  private static Statement statement(String script, Token first, Token last, boolean isComplete) {
    String before = script.substring(0, first.start());
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int column = before.length() - before.lastIndexOf('\n');
    String text = script.substring(first.start(), last.end()).strip();
    return new Statement(text, line, column, isComplete);
  }
}
