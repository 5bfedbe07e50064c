package dev.kennel.table;

import java.time.Instant;
import org.apache.spark.sql.Row;

/** Rows for tests: given what a test is about, all else is alike. */
public final class ExampleRows {

  private ExampleRows() {}

  /** A run, without its numbers of images; one that does not run has ended. */
  public static RowBuilder run(
      Instant startedAt, String status, long seed, int workers, String settings) {
    RowBuilder row =
        Table.RUNS
            .row()
            .set("started_at", startedAt)
            .set("status", status)
            .set("master", "local[2]")
            .set("workers", workers)
            .set("seed", seed)
            .set("settings", settings)
            .set("kennel_version", "0.1.0")
            .set("git_commit", "d0437d8")
            .set("spark_version", "3.5.9")
            .set("dl4j_version", "1.0.0-M2")
            .set("java_version", "17")
            .set("cpu", "one");
    return status.equals("running")
        ? row
        : row.set("finished_at", Instant.parse("2026-11-25T00:00:00Z"));
  }

  /** What an epoch is worth on a split, where the right answer is always among the best five. */
  public static Row figures(
      String network,
      int epoch,
      String split,
      int examples,
      double loss,
      double accuracy,
      double seconds) {
    return Table.EPOCHS
        .row()
        .set("network", network)
        .set("epoch", epoch)
        .set("split", split)
        .set("examples", examples)
        .set("loss", loss)
        .set("accuracy", accuracy)
        .set("top5_accuracy", 1.0)
        .set("macro_f1", accuracy)
        .set("learning_rate", 0.1)
        .set("seconds", seconds)
        .set("images_per_second", examples / seconds)
        .build();
  }
}
