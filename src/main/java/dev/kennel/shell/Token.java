package dev.kennel.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A piece of a text in Spark SQL, as far as one must know it to tell statements apart: Spark has no
 * parser for several statements, nor for half of one.
 *
 * @param closed whether a string, a quoted name or a comment has its end
 */
record Token(Kind kind, String text, int start, boolean closed) {

  enum Kind {
    SPACE,
    /** {@code -- to the end of the line}, or between slashes and stars, which may be nested. */
    COMMENT,
    /** Letters, digits and underscores: a keyword, a name or a number. */
    WORD,
    /** A name between backticks. */
    NAME,
    STRING,
    SEMICOLON,
    /**
     * A command of the shell: a backslash where a statement may begin, and the rest of its line.
     */
    COMMAND,
    OTHER
  }

  /** Where the next token begins. */
  int end() {
    return start + text.length();
  }

  /** Whether Spark and the shell would read the same without it. */
  boolean isBlank() {
    return kind == Kind.SPACE || kind == Kind.COMMENT;
  }

  boolean is(String keyword) {
    return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
  }

  /** The name that a word or a quoted name stands for, in lower case as Spark compares names. */
  String name() {
    String name = kind == Kind.NAME ? text.replaceAll("^`|`$", "").replace("``", "`") : text;
    return name.toLowerCase(Locale.ROOT);
  }

  /** The whole text as tokens, none of them empty. */
  static List<Token> scan(String text) {
    List<Token> tokens = new ArrayList<>();
    boolean atStart = true; // of a statement
    for (int at = 0; at < text.length(); ) {
      Token token = token(text, at, atStart);
      tokens.add(token);
      atStart =
          token.kind == Kind.SEMICOLON
              || token.kind == Kind.COMMAND
              || (atStart && token.isBlank());
      at = token.end();
    }
    return tokens;
  }

  private static Token token(String text, int start, boolean atStart) {
    char first = text.charAt(start);
    if (Character.isWhitespace(first)) {
      return token(Kind.SPACE, text, start, whileWhitespace(text, start));
    }
    if (text.startsWith("--", start)) {
      return token(Kind.COMMENT, text, start, endOfLineComment(text, start));
    }
    if (text.startsWith("/*", start)) {
      return closing(Kind.COMMENT, text, start, endOfBracketedComment(text, start));
    }
    if (first == '\'' || first == '"') {
      return closing(Kind.STRING, text, start, endOfString(text, start));
    }
    if (first == '`') {
      return closing(Kind.NAME, text, start, endOfName(text, start));
    }
    if (first == ';') {
      return token(Kind.SEMICOLON, text, start, start + 1);
    }
    if (first == '\\' && atStart) {
      return token(Kind.COMMAND, text, start, endOfLine(text, start));
    }
    if (isWordPart(first)) {
      return wordOrRawString(text, start);
    }
    return token(Kind.OTHER, text, start, start + 1);
  }

  private static Token token(Kind kind, String text, int start, int end) {
    return new Token(kind, text.substring(start, end), start, true);
  }

  /** A token that ends at {@code end}, or with the text, not closed, if that is -1. */
  private static Token closing(Kind kind, String text, int start, int end) {
    return end < 0
        ? new Token(kind, text.substring(start), start, false)
        : token(kind, text, start, end);
  }

  private static Token wordOrRawString(String text, int start) {
    int end = start + 1;
    while (end < text.length() && isWordPart(text.charAt(end))) {
      end++;
    }
    boolean isRaw = end == start + 1 && "rR".indexOf(text.charAt(start)) >= 0;
    if (isRaw && end < text.length() && "'\"".indexOf(text.charAt(end)) >= 0) {
      int quote = text.indexOf(text.charAt(end), end + 1);
      return closing(Kind.STRING, text, start, quote < 0 ? -1 : quote + 1);
    }
    return token(Kind.WORD, text, start, end);
  }

  static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private static int whileWhitespace(String text, int start) {
    int end = start + 1;
    while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static int endOfLine(String text, int start) {
    int end = text.indexOf('\n', start);
    return end < 0 ? text.length() : end;
  }

  private static int endOfLineComment(String text, int start) {
    int end = endOfLine(text, start);
    while (end < text.length() && text.charAt(end - 1) == '\\') { // so it goes on, to Spark
      end = endOfLine(text, end + 1);
    }
    return end;
  }

  private static int endOfBracketedComment(String text, int start) {
    int depth = 0;
    for (int at = start; at < text.length() - 1; ) {
      if (text.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        depth--;
        at += 2;
        if (depth == 0) {
          return at;
        }
      } else {
        at++;
      }
    }
    return -1;
  }

  /** A doubled quote needs no care: it ends one string and begins the next. */
  private static int endOfString(String text, int start) {
    for (int at = start + 1; at < text.length(); at++) {
      if (text.charAt(at) == '\\') {
        at++;
      } else if (text.charAt(at) == text.charAt(start)) {
        return at + 1;
      }
    }
    return -1;
  }

  private static int endOfName(String text, int start) {
    int end = text.indexOf('`', start + 1);
    return end < 0 ? -1 : end + 1;
  }
}
