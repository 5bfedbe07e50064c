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
      stores.forEach(store -> store.recordRun(runId, run("running")));
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
      stores.forEach(store -> store.recordRun(runId, run("finished")));
    }
  }

  static Row epoch(int epoch, String split) {
    return Table.EPOCHS
        .row()
        .set("network", "resnet18")
        .set("epoch", epoch)
        .set("split", split)
        .set("examples", 8)
        .set("loss", 1.0)
        .set("accuracy", 0.5)
        .set("top5_accuracy", 1.0)
        .set("macro_f1", 0.5)
        .set("learning_rate", 0.1)
        .set("seconds", 2.0)
        .set("images_per_second", 4.0)
        .build();
  }

  static Row run(String status) {
    return Table.RUNS
        .row()
        .set("started_at", Instant.parse("2026-11-24T09:00:00Z"))
        .set("status", status)
        .set("master", "local[1]")
        .set("seed", 42)
        .set("settings", "{}")
        .set("kennel_version", "0.1.0")
        .set("git_commit", "d0437d8")
        .set("spark_version", "3.5.9")
        .set("dl4j_version", "1.0.0-M2")
        .set("java_version", "17")
        .set("cpu", "one")
        .build();
  }
}
