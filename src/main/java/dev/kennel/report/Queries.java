package dev.kennel.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a comparison asks of the tables: Spark joins and counts, a row a result comes back. */
final class Queries {

  private static final Comparator<NetworkResult> BEST_FIRST =
      Comparator.comparingDouble(NetworkResult::accuracy)
          .reversed()
          .thenComparing(NetworkResult::network);

  private Queries() {}

  /** The networks with a complete epoch by run, the most accurate first. */
  static Map<String, List<NetworkResult>> networks(
      TableStore tables, Map<String, String> statuses) {
    Dataset<Row> parameters = tables.read(Table.NETWORKS).select("run_id", "network", "parameters");
    return ofRuns(tables.read(Table.EPOCHS), statuses.keySet())
        .groupBy("run_id", "network")
        .agg(
            expr("max(epoch) FILTER (WHERE split = 'test') AS epochs"),
            afterLastEpoch("examples"),
            afterLastEpoch("accuracy"),
            afterLastEpoch("top5_accuracy"),
            afterLastEpoch("macro_f1"),
            afterLastEpoch("loss"),
            expr("coalesce(sum(seconds) FILTER (WHERE split = 'train'), 0D) AS train_seconds"),
            expr("coalesce(sum(examples) FILTER (WHERE split = 'train'), 0L) AS train_examples"))
        .where("epochs IS NOT NULL")
        .join(parameters, new String[] {"run_id", "network"}, "left")
        .collectAsList()
        .stream()
        .map(row -> networkResult(row, statuses))
        .sorted(BEST_FIRST)
        .collect(groupingBy(NetworkResult::runId));
  }

  private static Column afterLastEpoch(String figure) {
    return expr("max_by(%1$s, epoch) FILTER (WHERE split = 'test') AS %1$s".formatted(figure));
  }

  private static NetworkResult networkResult(Row row, Map<String, String> statuses) {
    String run = row.getAs("run_id");
    double trainSeconds = row.<Double>getAs("train_seconds");
    long trainExamples = row.<Long>getAs("train_examples");
    int parameters = row.fieldIndex("parameters");
    return new NetworkResult(
        run,
        statuses.get(run),
        row.getAs("network"),
        row.<Integer>getAs("epochs"),
        row.<Long>getAs("examples"),
        row.<Double>getAs("accuracy"),
        row.<Double>getAs("top5_accuracy"),
        row.<Double>getAs("macro_f1"),
        row.<Double>getAs("loss"),
        row.isNullAt(parameters) ? OptionalLong.empty() : OptionalLong.of(row.getLong(parameters)),
        trainSeconds,
        trainExamples / trainSeconds);
  }

  /** The tests of all pairs that share test images, by run and the two networks in one order. */
  static Map<List<String>, PairedTest> pairedTests(TableStore tables, Set<String> runs) {
    Dataset<Row> predictions =
        ofRuns(tables.read(Table.PREDICTIONS), runs)
            .where("split = 'test'")
            .selectExpr("run_id", "path", "network", "predicted_label = label AS correct");
    return predictions
        .as("a")
        .join(
            predictions.as("b"),
            expr("a.run_id = b.run_id AND a.path = b.path AND a.network < b.network"))
        .groupBy("a.run_id", "a.network", "b.network")
        .agg(
            expr("count_if(a.correct AND b.correct)"),
            expr("count_if(a.correct AND NOT b.correct)"),
            expr("count_if(NOT a.correct AND b.correct)"),
            expr("count_if(NOT a.correct AND NOT b.correct)"))
        .collectAsList()
        .stream()
        .map(
            row ->
                new PairedTest(
                    row.getString(0),
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6)))
        .collect(
            toMap(
                test -> List.of(test.runId(), test.networkA(), test.networkB()),
                Function.identity()));
  }

  private static Dataset<Row> ofRuns(Dataset<Row> table, Set<String> runs) {
    return table.where(col("run_id").isin(runs.toArray()));
  }
}
