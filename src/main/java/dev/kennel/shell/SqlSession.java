package dev.kennel.shell;

import dev.kennel.config.UserError;
import dev.kennel.report.RowsFormat;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Runs statements and commands one after another, and remembers how results are wanted.
 *
 * <p>Each statement sees what is committed when it begins.
 */
public final class SqlSession implements AutoCloseable {

  private static final int SHOWN = 1000; // rows, to people
  private static final int CHECKED = 1000; // rows after which it is seen that nobody reads on

  private final SparkSession spark;
  private final CommittedSql sql;
  private final Relations relations;
  private final PrintWriter screen;
  private final PrintWriter notices;
  private final Supplier<OptionalInt> width;

  private PrintWriter out; // the screen, or a file
  private RowsFormat format = RowsFormat.TABLE;
  private OptionalInt rows = OptionalInt.empty();
  private boolean tellsTime;
  private boolean isFirst = true; // of the results
  private volatile boolean isCancelled;

  /**
   * A session over tables.
   *
   * @param screen takes results
   * @param notices takes what is said about them
   * @param width columns of the terminal that {@code screen} is; empty if it is none
   */
  public SqlSession(
      TableStore tables, PrintWriter screen, PrintWriter notices, Supplier<OptionalInt> width) {
    this.spark = tables.session();
    this.sql = CommittedSql.over(tables);
    this.relations = new Relations(spark);
    this.screen = screen;
    this.notices = notices;
    this.width = width;
    this.out = screen;
    if (!sql.hasTables()) {
      say("There is nothing in %s yet: all tables are empty".formatted(tables.output()));
    }
  }

  public void setFormat(RowsFormat format) {
    this.format = format;
  }

  /** The most rows to write of a result; empty: 1000 to people, all to programs. */
  public void setRows(OptionalInt rows) {
    this.rows = rows;
  }

  RowsFormat format() {
    return format;
  }

  Relations relations() {
    return relations;
  }

  /** Turns the telling of times on or off; whether it is on now. */
  boolean toggleTiming() {
    tellsTime = !tellsTime;
    return tellsTime;
  }

  /**
   * Runs a script: statements, of which the last needs no semicolon, and commands.
   *
   * @return whether to go on after it; not if it says to leave
   * @throws UserError if a statement or command is wrong, or was cancelled; those before it have
   *     run
   */
  public boolean run(String script) {
    isCancelled = false;
    for (Statement statement : Statement.of(script)) {
      if (statement.isCommand()) {
        if (!Commands.run(this, statement.text())) {
          return false;
        }
      } else {
        query(statement);
      }
    }
    out.flush();
    return true;
  }

  /** Ends the running script; for another thread. */
  void cancel() {
    isCancelled = true;
    spark.sparkContext().cancelAllJobs();
  }

  private void query(Statement statement) {
    long start = System.nanoTime();
    try {
      failIfCancelled();
      sql.run(
          statement,
          result -> {
            show(result);
            return null;
          });
    } catch (RuntimeException e) {
      throw isCancelled ? new UserError("Cancelled", e) : e;
    } finally {
      out.flush();
    }
    if (tellsTime) {
      say(String.format(Locale.ROOT, "%.2f s", (System.nanoTime() - start) / 1e9));
    }
  }

  private void failIfCancelled() {
    if (isCancelled) {
      throw new UserError("Cancelled");
    }
  }

  private void show(Dataset<Row> result) {
    int most = rows.orElse(format.isForPeople() ? SHOWN : Integer.MAX_VALUE);
    if (most == Integer.MAX_VALUE) {
      show(result.schema(), result.toLocalIterator());
      return;
    }
    List<Row> found = result.takeAsList(most + 1);
    show(result.schema(), found.subList(0, Math.min(most, found.size())).iterator());
    if (found.size() > most) {
      say(
          "There are more than these %d rows; --rows N, or here \\rows N, shows more"
              .formatted(most));
    }
  }

  /** Writes rows in the format that is wanted. */
  void show(StructType columns, Iterator<Row> result) {
    if (!isFirst && format.isForPeople()) {
      out.println();
    }
    isFirst = false;
    OptionalInt limit = out.equals(screen) ? width.get() : OptionalInt.empty();
    try {
      format.write(columns, watched(result), limit, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // which a PrintWriter does not throw
    }
    out.flush();
  }

  /** The rows, until someone cancels or what takes them is closed, as by {@code | head}. */
  private Iterator<Row> watched(Iterator<Row> result) {
    return new Iterator<>() {
      private long taken;

      @Override
      public boolean hasNext() {
        failIfCancelled();
        return (++taken % CHECKED != 0 || !out.checkError()) && result.hasNext();
      }

      @Override
      public Row next() {
        return result.next();
      }
    };
  }

  /** Writes results into a file from now on. */
  void writeTo(String file) {
    writeToScreen();
    try {
      out = new PrintWriter(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UserError("Cannot write to %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  void writeToScreen() {
    if (!out.equals(screen)) {
      out.close();
    }
    out = screen;
  }

  /** Prints text that is no result's. */
  void print(String text) {
    screen.print(text);
    screen.flush();
  }

  void say(String notice) {
    out.flush();
    notices.println(notice);
    notices.flush();
  }

  @Override
  public void close() {
    writeToScreen();
  }
}
