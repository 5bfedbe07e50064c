package dev.kennel.shell;

import dev.kennel.config.UserError;
import dev.kennel.report.RowsFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Does what a command of the shell says. */
final class Commands {

  private Commands() {}

  /** Runs a command; whether to go on after it. */
  static boolean run(SqlSession session, String line) {
    String[] words = line.strip().split("\\s+", 2);
    String argument = words.length > 1 ? words[1].replaceFirst("\\s*;\\s*$", "") : "";
    String typed = words[0].replaceFirst(";$", "");
    Command command =
        Command.of(typed)
            .orElseThrow(
                () -> new UserError("Unknown command %s; \\h lists them".formatted(typed)));
    switch (command) {
      case D -> describe(session, argument);
      case I -> {
        if (!argument.isEmpty()) {
          return session.run(ShippedQueries.read(argument));
        }
        list(session);
      }
      case X ->
          setFormat(
              session,
              session.format() == RowsFormat.VERTICAL ? RowsFormat.TABLE : RowsFormat.VERTICAL);
      case FORMAT -> format(session, argument);
      case ROWS -> rows(session, argument);
      case O -> {
        if (argument.isEmpty()) {
          session.writeToScreen();
        } else {
          session.writeTo(argument);
        }
      }
      case TIMING -> session.say(session.toggleTiming() ? "Times are told" : "Times are not told");
      case H -> session.print(Command.help());
      case Q -> {
        return false;
      }
    }
    return true;
  }

  private static void format(SqlSession session, String name) {
    setFormat(
        session,
        Stream.of(RowsFormat.values())
            .filter(format -> lowerCase(format).equals(name.toLowerCase(Locale.ROOT)))
            .findFirst()
            .orElseThrow(
                () ->
                    new UserError(
                        "Cannot write rows as %s: the formats are %s"
                            .formatted(
                                name,
                                Stream.of(RowsFormat.values())
                                    .map(Commands::lowerCase)
                                    .collect(Collectors.joining(", "))))));
  }

  private static void setFormat(SqlSession session, RowsFormat format) {
    session.setFormat(format);
    session.say("Rows are written as " + lowerCase(format));
  }

  static String lowerCase(RowsFormat format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  private static void rows(SqlSession session, String most) {
    if (most.equals("all")) {
      session.setRows(OptionalInt.of(Integer.MAX_VALUE));
    } else if (most.matches("[1-9]\\d{0,8}")) {
      session.setRows(OptionalInt.of(Integer.parseInt(most)));
    } else {
      throw new UserError("Cannot show \"%s\" rows: it is 1 or more, or all".formatted(most));
    }
  }

  private static void list(SqlSession session) {
    show(
        session,
        List.of("query", "question"),
        ShippedQueries.names().stream()
            .map(name -> RowFactory.create(name, ShippedQueries.question(name)))
            .toList());
  }

  private static void describe(SqlSession session, String name) {
    if (name.isEmpty()) {
      show(session, List.of("name", "a row is"), session.relations().described());
      return;
    }
    List<Row> columns = new ArrayList<>();
    for (StructField column : session.relations().columns(name).fields()) {
      String comment = column.getComment().getOrElse(() -> "");
      columns.add(RowFactory.create(column.name(), column.dataType().simpleString(), comment));
    }
    show(session, List.of("column", "type", "meaning"), columns);
  }

  private static void show(SqlSession session, List<String> names, List<Row> rows) {
    StructType columns = new StructType();
    for (String name : names) {
      columns = columns.add(name, DataTypes.StringType);
    }
    session.show(columns, rows.iterator());
  }
}
