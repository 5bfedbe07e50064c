package dev.kennel.report;

import static org.apache.spark.sql.functions.expr;

import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a comparison asks of the tables: Spark joins and counts, a row a result comes back. */
final class Queries {

  private Queries() {}

  /** The networks with a complete epoch, in no order. */
  static List<NetworkResult> networks(TableStore tables, Map<String, Runs.Run> runs) {
    Dataset<Row> sizes =
        tables
            .read(Table.NETWORKS, runs.keySet())
            .select(
                "run_id", "network", "parameters", "parameter_bytes", "forward_flops_per_image");
    return tables
        .read(Table.EPOCHS, runs.keySet())
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
        .join(sizes, new String[] {"run_id", "network"}, "left")
        .collectAsList()
        .stream()
        .map(row -> networkResult(row, runs.get(row.<String>getAs("run_id"))))
        .toList();
  }

  private static Column afterLastEpoch(String figure) {
    return expr("max_by(%1$s, epoch) FILTER (WHERE split = 'test') AS %1$s".formatted(figure));
  }

  private static NetworkResult networkResult(Row row, Runs.Run run) {
    return new NetworkResult(
        run.id(),
        run.status(),
        run.seed(),
        row.getAs("network"),
        row.<Integer>getAs("epochs"),
        row.<Long>getAs("examples"),
        row.<Double>getAs("accuracy"),
        row.<Double>getAs("top5_accuracy"),
        row.<Double>getAs("macro_f1"),
        row.<Double>getAs("loss"),
        row.<Double>getAs("train_seconds"),
        row.<Long>getAs("train_examples"),
        count(row, "parameters"),
        count(row, "parameter_bytes"),
        count(row, "forward_flops_per_image"));
  }

  private static OptionalLong count(Row row, String column) {
    int index = row.fieldIndex(column);
    return row.isNullAt(index) ? OptionalLong.empty() : OptionalLong.of(row.getLong(index));
  }
}
