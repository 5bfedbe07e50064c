package dev.kennel.shell;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Commands of the shell: a backslash, a name and perhaps an argument, in a line of their own. */
enum Command {
  D("[NAME]", "list tables and views, or the columns of one"),
  I("[NAME]", "list the queries that ship with Kennel, or run one, or a file"),
  X("", "rows as a line for each column, or as a table again"),
  FORMAT("[NAME]", "rows as table, vertical, csv or json"),
  ROWS("[N]", "the most rows to show, or all"),
  O("[FILE]", "write what follows into a file, or here again"),
  TIMING("", "tell how long queries take, or no more"),
  H("", "this list; also \\?"),
  Q("", "leave; also Control-D");

  private final String argument;
  private final String purpose;

  Command(String argument, String purpose) {
    this.argument = argument;
    this.purpose = purpose;
  }

  /** The command as it is typed, such as {@code \d}. */
  String typed() {
    return "\\" + name().toLowerCase(Locale.ROOT);
  }

  static Optional<Command> of(String typed) {
    String name = typed.equals("\\?") ? H.typed() : typed;
    return Stream.of(values()).filter(command -> command.typed().equals(name)).findFirst();
  }

  /** All commands, a line each. */
  static String help() {
    StringBuilder help = new StringBuilder();
    for (Command command : values()) {
      String usage = command.typed() + " " + command.argument;
      help.append("%-15s  %s\n".formatted(usage, command.purpose));
    }
    return help
        + """
        Anything else is Spark SQL and ends with a semicolon, in this line or a later one.
        Tab completes names; Control-C ends a query, or forgets what was typed.
        """;
  }
}
