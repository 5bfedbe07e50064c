package dev.kennel.cli;

import dev.kennel.config.UserError;
import dev.kennel.report.RowsFormat;
import dev.kennel.shell.Shell;
import dev.kennel.shell.ShippedQueries;
import dev.kennel.shell.SqlSession;
import dev.kennel.shell.Terminals;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jline.terminal.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kennel sql}: Spark SQL over the tables. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    description = {
      "Runs queries in Spark SQL over the tables of a folder (runs, epochs, rounds, class_metrics,",
      "confusion, predictions, networks, images, duplicates, rejected_images) and over views of them",
      "(comparison, learning_curve, hardest_images, confused_pairs, cost). Without a query it asks for",
      "one in a terminal, with history and completion, and reads them from standard input elsewhere.",
      "Only reads: nothing is written to the folder. Exits with 2 if a query is wrong.%n"
    },
    footer = {
      "",
      "Examples:",
      "  kennel sql --output dogs-run",
      "  kennel sql \"select network, epoch, split, accuracy from epochs order by 1, 2, 3\"",
      "  kennel sql \"describe predictions; select * from comparison\" --output dogs-run",
      "  kennel sql \"select * from predictions\" --format json | jq .probability",
      "  kennel sql --file confused-classes --output dogs-run",
      "",
      "A query is read-only: SELECT, WITH, VALUES, SHOW, DESCRIBE, EXPLAIN, SET, CACHE TABLE or",
      "CREATE TEMPORARY VIEW. Several are divided by semicolons."
    })
final class SqlCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "QUERY",
      arity = "0..1",
      description = "Queries in Spark SQL, divided by semicolons.")
  private Optional<String> query = Optional.empty();

  @Mixin private OutputOption output;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = {
        "File of queries, or the name of one that ships with Kennel (in conf/sql;",
        "\\i in a terminal lists them)."
      })
  private Optional<String> file = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = {
        "table, vertical (a line for each column), csv (RFC 4180, with a header) or json (an object",
        "a line for each row). Times are in UTC. A table's figures are rounded to six digits, and on",
        "a terminal long texts are cut; csv and json have all (default: ${DEFAULT-VALUE})."
      })
  private RowsFormat format;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "The most rows to print (default: 1000 of table and vertical, else all).")
  private Integer rows;

  @Override
  public Integer call() throws IOException {
    if (rows != null) {
      BenchCommand.atLeast(1, rows, "--rows");
    }
    if (query.isPresent() && file.isPresent()) {
      throw new UserError("Cannot run a query and --file: give one of them");
    }
    Optional<String> script = query.or(() -> file.map(ShippedQueries::read));
    if (script.isEmpty() && Terminals.isInput()) {
      converse();
    } else {
      run(script.orElseGet(SqlCommand::standardInput));
    }
    return 0;
  }

  private static String standardInput() {
    try {
      String script = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
      if (script.isBlank()) {
        throw new UserError(
            "Cannot run a query: none is given, and standard input is empty; see kennel sql --help");
      }
      return script;
    } catch (IOException e) {
      throw new UserError("Cannot read queries from standard input: " + e.getMessage(), e);
    }
  }

  private void run(String script) {
    try (SparkSession spark = SparkSessions.forQueries()) {
      SqlSession session =
          new SqlSession(
              new TableStore(spark, output.folder()),
              utf8(System.out),
              utf8(System.err),
              Terminals::width);
      choose(session);
      session.run(script);
      session.close();
    }
  }

  /** JSON is UTF-8 whatever the locale says, and names of classes have letters beyond ASCII. */
  private static PrintWriter utf8(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
  }

  private void converse() throws IOException {
    if (!Terminals.isOutput()) {
      throw new UserError(
          "Cannot ask for queries: standard output is no terminal; give a query or --file");
    }
    System.out.println("Starting Spark …");
    // The terminal comes second, so that until then Control-C ends the program in order.
    try (SparkSession spark = SparkSessions.forQueries();
        Terminal terminal = Terminals.open()) {
      Shell shell =
          new Shell(terminal, new TableStore(spark, output.folder()), Terminals.history());
      choose(shell.session());
      shell.run();
    }
  }

  private void choose(SqlSession session) {
    session.setFormat(format);
    session.setRows(rows == null ? OptionalInt.empty() : OptionalInt.of(rows));
  }
}
