package dev.kennel.table;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A driver in a process of its own, which writes a run into folders, and nothing else. */
final class CommittingDriver {
  static final int EPOCHS = 6;

  private CommittingDriver() {}

  /** Takes the run's id and the folders, in which it writes by turns. */
  public static void main(String[] arguments) {
    String runId = arguments[0];
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .appName(runId)
            .config("spark.ui.enabled", false)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate()) {
      List<TableStore> stores =
          Arrays.stream(arguments).skip(1).map(output -> new TableStore(spark, output)).toList();
      stores.forEach(store -> store.recordRun(runId, state("running")));
      for (int i = 1; i <= EPOCHS; i++) {
        int epoch = i;
        stores.forEach(
            store ->
                store.commit(
                    Table.EPOCHS,
                    runId,
                    "resnet18-" + epoch,
                    List.of(epoch(epoch, "train"), epoch(epoch, "test"))));
      }
      stores.forEach(store -> store.recordRun(runId, state("finished")));
    }
  }

  static Row epoch(int epoch, String split) {
    return ExampleRows.figures("resnet18", epoch, split, 8, 1.0, 0.5, 2);
  }

  private static Row state(String status) {
    return ExampleRows.run(Instant.parse("2026-11-24T09:00:00Z"), status, 42, 1, "{}").build();
  }
}
