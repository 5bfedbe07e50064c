package dev.kennel.page;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import dev.kennel.report.Candidate;
import dev.kennel.report.NetworkResult;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/** What the page asks of the tables beside the comparison. */
final class PageTables {
  private final TableStore tables;
  private final List<Candidate> candidates;

  PageTables(TableStore tables, List<Candidate> candidates) {
    this.tables = tables;
    this.candidates = candidates;
  }

  /** Runs, the newest first: all columns, with the times in milliseconds since 1970. */
  static List<Row> runs(TableStore tables, Set<String> runIds) {
    return tables
        .read(Table.RUNS, runIds)
        .withColumn("started_at", expr("unix_millis(started_at)"))
        .withColumn("finished_at", expr("unix_millis(finished_at)"))
        .coalesce(1) // sorting a few rows across tasks takes two jobs more
        .sortWithinPartitions(col("started_at").desc(), col("run_id"))
        .collectAsList();
  }

  List<Row> runs() {
    return runs(tables, runIds());
  }

  /** Of all networks of the runs: run_id, network, epoch, split, loss, accuracy. */
  List<Row> curve() {
    return tables
        .read(Table.EPOCHS, runIds())
        .select("run_id", "network", "epoch", "split", "loss", "accuracy")
        .collectAsList();
  }

  /** Of a candidate's runs: actual_class, predicted_class and count of test images. */
  List<Row> confusion(int candidate) {
    return tables
        .read(Table.CONFUSION)
        .where(col("split").equalTo("test").and(of(candidate)))
        .select("actual_class", "predicted_class", "count")
        .collectAsList();
  }

  /**
   * Test images that one of two candidates got wrong, or both, of each kind those whose wrong
   * answers were given the highest probabilities. Of repeated runs, a candidate is wrong where it
   * is right less often than the other, or where neither is ever right, as in a paired test.
   *
   * @param a the first, a position among the candidates
   * @param b the second; if it is the same, the images that it ever got wrong are of one kind
   * @param most images of a kind
   */
  List<WrongImage> wrongImages(int a, int b, int most) {
    return tables
        .read(Table.PREDICTIONS)
        .where(col("split").equalTo("test").and(of(a).or(of(b))))
        .withColumn("is_a", of(a))
        .withColumn("is_b", of(b))
        .withColumn("is_right", expr("predicted_label = label"))
        .withColumn("answer", expr("struct(predicted_class, probability)"))
        .groupBy("path")
        .agg(
            expr("any_value(class_name) AS class_name"),
            expr("avg(int(is_right)) FILTER (WHERE is_a) AS a"),
            expr("avg(int(is_right)) FILTER (WHERE is_b) AS b"),
            surest("is_a AND is_right").as("right_a"),
            surest("is_a AND NOT is_right").as("wrong_a"),
            surest("is_b AND is_right").as("right_b"),
            surest("is_b AND NOT is_right").as("wrong_b"))
        .withColumn("misses_a", expr(a == b ? "a < 1" : "a < b OR a = 0 AND b = 0"))
        .withColumn("misses_b", expr("b < a OR a = 0 AND b = 0"))
        .where("misses_a OR misses_b") // neither, if only one of them was tested on the image
        .withColumn("answer_a", expr("if(misses_a, wrong_a, right_a)"))
        .withColumn("answer_b", expr("if(misses_b, wrong_b, right_b)"))
        .withColumn(
            "place",
            expr(
                "row_number() OVER (PARTITION BY misses_a, misses_b ORDER BY"
                    + " if(misses_a, answer_a.probability, 0)"
                    + " + if(misses_b, answer_b.probability, 0) DESC, path)"))
        .where(col("place").leq(most))
        .coalesce(1)
        .sortWithinPartitions("place", "path")
        .selectExpr("path", "class_name", "misses_a", "answer_a", "misses_b", "answer_b")
        .collectAsList()
        .stream()
        .map(WrongImage::of)
        .toList();
  }

  private static Column surest(String which) {
    return expr("max_by(answer, probability) FILTER (WHERE " + which + ")");
  }

  /** Images that were left out: path, reason, bytes, detail; each once, whatever the runs. */
  List<Row> rejected() {
    return tables
        .read(Table.REJECTED_IMAGES, runIds())
        .groupBy("path", "reason")
        .agg(expr("max(bytes) AS bytes"), expr("max_by(detail, run_id) AS detail"))
        .coalesce(1)
        .sortWithinPartitions("reason", "path")
        .collectAsList();
  }

  /** Whether a row is of a candidate. */
  private Column of(int candidate) {
    Candidate of = candidates.get(candidate);
    return col("network").equalTo(of.network()).and(ofRuns(runIds(List.of(of))));
  }

  private Set<String> runIds() {
    return runIds(candidates);
  }

  private static Set<String> runIds(List<Candidate> candidates) {
    return candidates.stream()
        .flatMap(candidate -> candidate.results().stream())
        .map(NetworkResult::runId)
        .collect(Collectors.toSet());
  }

  private static Column ofRuns(Set<String> runIds) {
    return col("run_id").isin(runIds.toArray());
  }
}
