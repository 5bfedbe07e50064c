package dev.kennel.shell;

import dev.kennel.report.RowsFormat;
import dev.kennel.shell.SqlParser.Input;
import dev.kennel.shell.Token.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/**
 * Completes names where the cursor is: columns of the tables that the statement names, or of all
 * while it names none; tables and views; keywords and functions; commands and what they take.
 */
public final class Completion implements Completer {

  /** Words that may stand in the place of the one that begins at {@code start}. */
  public record Proposal(int start, List<String> words) {}

  private static final List<String> KEYWORDS =
      List.of(
          "select",
          "from",
          "where",
          "group by",
          "order by",
          "having",
          "limit",
          "distinct",
          "as",
          "and",
          "or",
          "not",
          "in",
          "is null",
          "is not null",
          "between",
          "like",
          "exists",
          "case",
          "when",
          "then",
          "else",
          "end",
          "join",
          "left join",
          "full join",
          "cross join",
          "left anti join",
          "left semi join",
          "on",
          "using",
          "union all",
          "except",
          "intersect",
          "with",
          "over (",
          "partition by",
          "filter (where",
          "asc",
          "desc",
          "nulls last",
          "values",
          "describe",
          "explain",
          "create temporary view",
          "cache table",
          "show",
          "set");

  private static final List<String> FUNCTIONS =
      List.of(
          "abs(",
          "any_value(",
          "array_contains(",
          "avg(",
          "cast(",
          "ceil(",
          "coalesce(",
          "collect_list(",
          "concat(",
          "corr(",
          "count(",
          "count_if(",
          "exp(",
          "explode(",
          "first(",
          "floor(",
          "get_json_object(",
          "greatest(",
          "if(",
          "lag(",
          "last(",
          "least(",
          "length(",
          "ln(",
          "lower(",
          "max(",
          "max_by(",
          "median(",
          "min(",
          "min_by(",
          "percentile(",
          "pow(",
          "rank(",
          "regexp_extract(",
          "round(",
          "row_number(",
          "size(",
          "split(",
          "sqrt(",
          "stddev(",
          "substring_index(",
          "sum(",
          "try_divide(",
          "width_bucket(");

  /** Words behind which a table is named. */
  private static final Set<String> BEFORE_TABLE =
      Set.of("from", "join", "describe", "desc", "extended", "table");

  /** Words behind a table's name that are no alias. */
  private static final Set<String> BEHIND_TABLE =
      Set.of(
          "on",
          "using",
          "where",
          "group",
          "order",
          "sort",
          "having",
          "limit",
          "join",
          "inner",
          "left",
          "right",
          "full",
          "cross",
          "natural",
          "semi",
          "anti",
          "union",
          "except",
          "intersect",
          "minus",
          "lateral",
          "window",
          "tablesample",
          "pivot",
          "unpivot",
          "qualify");

  private final Relations relations;

  /** For statements over the tables and views of a session. */
  public Completion(SparkSession spark) {
    this.relations = new Relations(spark);
  }

  /** What may stand where a cursor is in a text of statements, and begins as the word there. */
  public Proposal propose(String text, int cursor) {
    Input input = SqlParser.input(text, cursor);
    List<Candidate> candidates = new ArrayList<>();
    complete(input, candidates);
    String begun = text.substring(input.start(), cursor).toLowerCase(Locale.ROOT);
    return new Proposal(
        input.start(),
        candidates.stream()
            .map(Candidate::value)
            .filter(word -> word.toLowerCase(Locale.ROOT).startsWith(begun))
            .distinct()
            .toList());
  }

  @Override
  public void complete(LineReader reader, ParsedLine parsed, List<Candidate> candidates) {
    complete((Input) parsed, candidates);
  }

  private void complete(Input input, List<Candidate> candidates) {
    List<Token> tokens = Token.scan(input.line());
    Optional<Token> here =
        tokens.stream()
            .filter(token -> token.start() < input.cursor())
            .filter(token -> input.cursor() <= token.end())
            .findFirst();
    if (input.word().startsWith("\\")) {
      Stream.of(Command.values())
          .forEach(command -> candidates.add(candidate("commands", command.typed(), true)));
    } else if (here.isPresent() && here.get().kind() == Kind.COMMAND) {
      completeArgument(here.get().text(), candidates);
    } else if (here.isEmpty() || !isText(here.get(), input.cursor())) {
      completeStatement(input, statement(tokens, input.start()), candidates);
    }
  }

  private static boolean isText(Token token, int cursor) {
    return switch (token.kind()) {
      case COMMENT -> cursor < token.end() || !token.closed() || token.text().startsWith("--");
      case STRING, NAME -> cursor < token.end() || !token.closed();
      default -> false;
    };
  }

  private void completeArgument(String command, List<Candidate> candidates) {
    Command.of(command.strip().split("\\s", 2)[0])
        .ifPresent(
            known -> {
              switch (known) {
                case D -> completeTables(candidates);
                case I ->
                    ShippedQueries.names()
                        .forEach(name -> candidates.add(candidate("queries", name, true)));
                case FORMAT ->
                    Stream.of(RowsFormat.values())
                        .map(Commands::lowerCase)
                        .forEach(name -> candidates.add(candidate("formats", name, true)));
                default -> {} // nothing that could be listed
              }
            });
  }

  /** The tokens, but for blanks, of the statement that a place is in. */
  private static List<Token> statement(List<Token> tokens, int place) {
    List<Token> statement = new ArrayList<>();
    for (Token token : tokens) {
      if (token.kind() == Kind.SEMICOLON || token.kind() == Kind.COMMAND) {
        if (token.start() >= place) {
          break;
        }
        statement.clear();
      } else if (!token.isBlank()) {
        statement.add(token);
      }
    }
    return statement;
  }

  private void completeStatement(Input input, List<Token> statement, List<Candidate> candidates) {
    List<Token> before = statement.stream().filter(token -> token.end() <= input.start()).toList();
    Token last = before.isEmpty() ? null : before.get(before.size() - 1);
    Map<String, String> named = tablesByAlias(statement);
    if (last != null && last.text().equals(".") && before.size() > 1) {
      String alias = before.get(before.size() - 2).name();
      Optional.ofNullable(named.get(alias))
          .ifPresent(table -> completeColumns(List.of(table), candidates));
      return;
    }
    if (last != null && BEFORE_TABLE.contains(last.name())) {
      completeTables(candidates);
      return;
    }
    boolean isBegun = !input.word().isEmpty();
    if (last != null && (isBegun || !named.isEmpty())) {
      completeColumns(named.isEmpty() ? relations.names() : named.values(), candidates);
    }
    if (last != null && (isBegun || named.isEmpty())) {
      completeTables(candidates);
    }
    boolean inCapitals = isBegun && Character.isUpperCase(input.word().charAt(0));
    if (last == null || isBegun) {
      KEYWORDS.forEach(word -> candidates.add(keyword("keywords", word, inCapitals)));
    }
    if (last != null && isBegun) {
      FUNCTIONS.forEach(word -> candidates.add(keyword("functions", word, inCapitals)));
    }
  }

  /** The tables and views that a statement names, by their aliases and by their own names. */
  private Map<String, String> tablesByAlias(List<Token> statement) {
    Set<String> known = new LinkedHashSet<>(relations.names());
    Map<String, String> tables = new LinkedHashMap<>();
    for (int i = 0; i < statement.size(); i++) {
      String name = statement.get(i).name();
      boolean isQualified = i > 0 && statement.get(i - 1).text().equals(".");
      if (known.contains(name) && !isQualified) {
        tables.put(name, name);
        int next = i + 1 < statement.size() && statement.get(i + 1).is("as") ? i + 2 : i + 1;
        if (next < statement.size() && mayBeAlias(statement.get(next))) {
          tables.put(statement.get(next).name(), name);
        }
      }
    }
    return tables;
  }

  private static boolean mayBeAlias(Token token) {
    return (token.kind() == Kind.WORD || token.kind() == Kind.NAME)
        && !BEHIND_TABLE.contains(token.name());
  }

  private void completeColumns(Collection<String> tables, List<Candidate> candidates) {
    Set<String> columns = new LinkedHashSet<>();
    for (String table : new LinkedHashSet<>(tables)) {
      for (StructField column : relations.columns(table).fields()) {
        columns.add(column.name());
      }
    }
    columns.forEach(column -> candidates.add(candidate("columns", column, false)));
  }

  private void completeTables(List<Candidate> candidates) {
    relations.names().forEach(name -> candidates.add(candidate("tables", name, true)));
  }

  private static Candidate keyword(String group, String word, boolean inCapitals) {
    String value = inCapitals ? word.toUpperCase(Locale.ROOT) : word;
    return candidate(group, value, !value.endsWith("("));
  }

  /** A candidate, behind which a space follows where nothing else is likely to. */
  private static Candidate candidate(String group, String value, boolean withSpace) {
    return new Candidate(value, value, group, null, null, null, withSpace);
  }
}
