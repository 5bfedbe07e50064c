package dev.kennel.shell;

import dev.kennel.config.UserError;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.GlobalTempView$;
import org.apache.spark.sql.catalyst.analysis.LocalTempView$;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.InsertIntoDir;
import org.apache.spark.sql.catalyst.plans.logical.InsertIntoStatement;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.command.CreateViewCommand;
import org.apache.spark.sql.execution.datasources.CreateTempViewUsing;

/** Refuses statements that change more than the session: Spark would write files for them. */
final class ReadOnly {

  private static final Set<String> HARMLESS_COMMANDS =
      Set.of(
          "show",
          "describe",
          "desc",
          "explain",
          "set",
          "reset",
          "cache",
          "uncache",
          "clear",
          "refresh");

  /** Those that may come after a WITH or FROM. */
  private static final Set<String> WRITING = Set.of("insert", "update", "delete", "merge");

  private ReadOnly() {}

  /**
   * Checks a statement.
   *
   * @throws UserError if it would write
   */
  static void check(SparkSession spark, String sql) throws Exception {
    List<String> words =
        Token.scan(sql).stream()
            .filter(token -> token.kind() == Token.Kind.WORD)
            .map(Token::name)
            .toList();
    if (!words.isEmpty() && HARMLESS_COMMANDS.contains(words.get(0))) {
      return;
    }
    LogicalPlan plan = spark.sessionState().sqlParser().parsePlan(sql);
    if (!makesTemporaryView(plan) && plan.exists(ReadOnly::writes)) {
      String verb = words.stream().filter(WRITING::contains).findFirst().orElse(words.get(0));
      throw new UserError(
          ("Cannot run %s: tables are only read here; there are SELECT, WITH, VALUES, SHOW,"
                  + " DESCRIBE, EXPLAIN, SET, CACHE TABLE and CREATE TEMPORARY VIEW")
              .formatted(verb.toUpperCase(Locale.ROOT)));
    }
  }

  private static boolean makesTemporaryView(LogicalPlan plan) {
    return plan instanceof CreateTempViewUsing
        || (plan instanceof CreateViewCommand view
            && (view.viewType() == LocalTempView$.MODULE$
                || view.viewType() == GlobalTempView$.MODULE$));
  }

  private static boolean writes(LogicalPlan node) {
    return node instanceof Command
        || node instanceof InsertIntoStatement
        || node instanceof InsertIntoDir;
  }
}
