package dev.kennel.notebook;

import dev.kennel.config.NearestName;
import dev.kennel.config.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cell as the kernel reads it: lines that begin with {@code %}, then what is to run.
 *
 * @param commands the lines that begin with one percent sign
 * @param kind what the body is written in, or what is to come of it
 * @param words what stands behind {@code %%kind}
 * @param body the rest of the cell
 * @param start where the body begins in the cell
 */
record Cell(List<Command> commands, Kind kind, List<String> words, String body, int start) {

  /** A word with its quotes, which may begin in its midst: {@code title="two words"}. */
  private static final Pattern WORD = Pattern.compile("(?:[^\\s\"]|\"[^\"]*\"?)+");

  /** What {@code %%} may be followed by; a cell without it is SQL. */
  enum Kind {
    SQL,
    CHART,
    JAVA;

    static final List<String> NAMES = List.of("sql", "chart", "java");
  }

  /** A line such as {@code %output dogs-run}. */
  record Command(String name, List<String> words) {
    static final List<String> NAMES = List.of("output", "help");
  }

  /** Reads a cell; says which name was most likely meant if it knows none of that name. */
  static Cell parse(String source) {
    List<Command> commands = new ArrayList<>();
    int start = 0;
    while (start < source.length()) {
      int end = source.indexOf('\n', start);
      int next = end < 0 ? source.length() : end + 1;
      String line = source.substring(start, next).strip();
      if (line.startsWith("%%")) {
        List<String> words = words(line.substring(2));
        Kind kind = Kind.values()[known(words, Kind.NAMES, "%%")];
        return new Cell(commands, kind, tail(words), source.substring(next), next);
      }
      if (line.startsWith("%")) {
        List<String> words = words(line.substring(1));
        String name = Command.NAMES.get(known(words, Command.NAMES, "%"));
        commands.add(new Command(name, tail(words)));
      } else if (!line.isEmpty()) {
        break;
      }
      start = next;
    }
    return new Cell(commands, Kind.SQL, List.of(), source.substring(start), start);
  }

  private static int known(List<String> words, List<String> names, String sign) {
    String name = words.isEmpty() ? "" : words.get(0);
    int place = names.indexOf(name);
    if (place < 0) {
      String hint =
          NearestName.of(name, names)
              .map(near -> "did you mean %s%s?".formatted(sign, near))
              .orElse("%help tells what there is");
      throw new UserError(
          "Cannot run %s%s: there is no such thing; %s".formatted(sign, name, hint));
    }
    return place;
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      words.add(word.group().replace("\"", ""));
    }
    return words;
  }

  private static List<String> tail(List<String> words) {
    return words.subList(1, words.size());
  }
}
