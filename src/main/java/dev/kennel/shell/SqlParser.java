package dev.kennel.shell;

import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** Tells the terminal when what is typed is whole, and which word the cursor is in. */
final class SqlParser implements Parser {

  /**
   * What is typed so far.
   *
   * @param start where the word begins that the cursor is in or behind
   * @param end where it ends
   */
  record Input(String line, int cursor, int start, int end) implements CompletingParsedLine {
    @Override
    public String word() {
      return line.substring(start, end);
    }

    @Override
    public int wordCursor() {
      return cursor - start;
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(word());
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return wordCursor();
    }

    @Override
    public int rawWordLength() {
      return end - start;
    }

    /** What stands before the word. */
    String before() {
      return line.substring(0, start);
    }
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    if (context == ParseContext.ACCEPT_LINE && !Statement.isWhole(line)) {
      throw new EOFError(-1, -1, "The statement has no end yet");
    }
    return input(line, cursor);
  }

  static Input input(String line, int cursor) {
    int at = Math.min(cursor, line.length()); // JLine places it behind the end at times
    int start = at;
    while (start > 0 && isNamePart(line, start - 1)) {
      start--;
    }
    int end = at;
    while (end < line.length() && isNamePart(line, end)) {
      end++;
    }
    return new Input(line, at, start, end);
  }

  /** Names of commands begin with a backslash, those of shipped queries have dashes in them. */
  private static boolean isNamePart(String line, int at) {
    char c = line.charAt(at);
    return Token.isWordPart(c) || c == '\\' || (c == '-' && isInCommand(line, at));
  }

  private static boolean isInCommand(String line, int at) {
    return line.substring(line.lastIndexOf('\n', at) + 1, at).stripLeading().startsWith("\\");
  }
}
