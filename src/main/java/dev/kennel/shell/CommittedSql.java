package dev.kennel.shell;

import dev.kennel.config.UserError;
import dev.kennel.report.Views;
import dev.kennel.table.TableStore;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Spark SQL over the tables and views of a folder: a statement sees what is committed when it
 * begins, may not write, and what is wrong with it is told in a line.
 */
public final class CommittedSql {

  private final SparkSession spark;
  private final Optional<TableStore> tables;
  private OptionalInt registered = OptionalInt.empty(); // the state that the views show

  private CommittedSql(SparkSession spark, Optional<TableStore> tables) {
    this.spark = spark;
    this.tables = tables;
  }

  /** Over a folder, whose tables and views the store's session has from now on. */
  public static CommittedSql over(TableStore tables) {
    CommittedSql sql = new CommittedSql(tables.session(), Optional.of(tables));
    sql.register(tables.state());
    return sql;
  }

  /** Over nothing but what statements make. */
  public static CommittedSql withoutTables(SparkSession spark) {
    return new CommittedSql(spark, Optional.empty());
  }

  /** Whether the folder has tables yet, as of the last statement. */
  public boolean hasTables() {
    return registered.isPresent();
  }

  /** Making the views takes a while. */
  private void refresh() {
    OptionalInt now = tables.map(TableStore::state).orElse(registered);
    if (!now.equals(registered)) {
      register(now);
    }
  }

  private void register(OptionalInt state) {
    tables.ifPresent(Views::register);
    registered = state;
  }

  /**
   * Runs a statement and uses its result.
   *
   * @throws UserError if the statement is wrong, also where that shows while its rows are made, or
   *     would write
   */
  public <T> T run(String statement, Function<Dataset<Row>, T> use) {
    return run(new Statement(statement, 1, 1, true), use);
  }

  <T> T run(Statement statement, Function<Dataset<Row>, T> use) {
    try {
      refresh();
      ReadOnly.check(spark, statement.text());
      return use.apply(spark.sql(statement.text()));
    } catch (Exception e) { // Scala throws what it has not declared
      throw e instanceof UserError error
          ? error
          : QueryError.of(e, statement, spark).orElseThrow(() -> unchecked(e));
    }
  }

  private static RuntimeException unchecked(Exception e) {
    return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
  }
}
