package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Reads the tables over and over while another process writes them, with DuckDB and with Spark's
 * plain reader: there must never be an error, nor a part of an epoch.
 */
final class TablePoller {
  private static final String TRAIN_AND_TEST = "2";
  private static final long PAUSE = 300; // milliseconds between two polls

  private final Path tables;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final CompletableFuture<Void> polling;
  private final Set<Long> sizesOfPredictions = new HashSet<>();
  private long mostEpochs;
  private int polls;

  private TablePoller(String output) {
    this.tables = Path.of(output, "tables");
    this.polling = CompletableFuture.runAsync(this::poll);
  }

  /** Starts to poll as soon as there is a run. */
  static TablePoller start(String output) {
    return new TablePoller(output);
  }

  /** Polls once more, and fails if any poll did. */
  void stopAndCheck() {
    end.complete(null);
    assertThat(polling).succeedsWithin(60, TimeUnit.SECONDS);
    assertThat(polls).isGreaterThan(3);
    assertThat(mostEpochs).isPositive();
    assertThat(sizesOfPredictions).hasSize(2).contains(0L); // all of a network's, or none
  }

  private void poll() {
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement()) {
      boolean isLast;
      do {
        isLast = endsWithin(PAUSE);
        if (hasRun()) {
          pollWithDuckDb(statement);
          pollWithSpark();
          polls++;
        }
      } while (!isLast);
    } catch (SQLException | IOException e) {
      throw new AssertionError("Poll " + polls + " failed: " + e.getMessage(), e);
    }
  }

  /** Leaves the processors to the run meanwhile. */
  private boolean endsWithin(long milliseconds) {
    try {
      end.get(milliseconds, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("Cannot poll on", e);
    }
  }

  private boolean hasRun() throws IOException {
    Path runs = tables.resolve("runs");
    if (!Files.isDirectory(runs)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(runs)) {
      return files.anyMatch(file -> file.toString().endsWith(".parquet"));
    }
  }

  private void pollWithDuckDb(Statement statement) throws SQLException {
    for (Table table : Table.values()) {
      number(statement, "select count(*) from " + files(table));
    }
    assertThat(number(statement, "select count(distinct run_id) from " + files(Table.RUNS)))
        .isEqualTo(1);
    assertThat(
            number(
                statement,
                "select count(*) from (select network, epoch from %s group by all having count(*) <> %s)"
                    .formatted(files(Table.EPOCHS), TRAIN_AND_TEST)))
        .isZero();
    long epochs = number(statement, "select count(*) from " + files(Table.EPOCHS));
    assertThat(epochs).isGreaterThanOrEqualTo(mostEpochs);
    mostEpochs = epochs;
    sizesOfPredictions.add(number(statement, "select count(*) from " + files(Table.PREDICTIONS)));
  }

  private String files(Table table) {
    return "read_parquet('%s/%s/*/*.parquet', hive_partitioning = true, union_by_name = true)"
        .formatted(tables, table.tableName());
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  private void pollWithSpark() {
    for (Table table : Set.of(Table.RUNS, Table.EPOCHS)) {
      LocalSpark.session()
          .read()
          .parquet(tables.resolve(table.tableName()).toString())
          .collectAsList();
    }
  }
}
