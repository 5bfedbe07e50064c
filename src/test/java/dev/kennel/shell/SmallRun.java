package dev.kennel.shell;

import dev.kennel.table.ExampleRows;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/** Writes runs that are small enough to answer every question about them by hand. */
final class SmallRun {

  private final TableStore tables;
  private final String run;

  private SmallRun(TableStore tables, String run) {
    this.tables = tables;
    this.run = run;
  }

  /** A finished run with a seed, as many workers, and settings. */
  static SmallRun finished(TableStore tables, String run, int seed, String settings) {
    Instant startedAt = Instant.parse("2026-11-24T05:30:00Z").plusSeconds(seed);
    tables.recordRun(run, ExampleRows.run(startedAt, "finished", seed, seed, settings).build());
    return new SmallRun(tables, run);
  }

  /**
   * An epoch of 3,000 training images in one round, of whose fit a quarter was waiting.
   *
   * @param train accuracy and loss
   * @param test accuracy and loss
   */
  void epoch(String network, int epoch, double seconds, double[] train, double[] test) {
    tables.commit(
        Table.EPOCHS,
        run,
        network + "-" + epoch,
        List.of(
            ExampleRows.figures(network, epoch, "train", 3000, train[1], train[0], seconds),
            ExampleRows.figures(network, epoch, "test", 6, test[1], test[0], 10)));
    Row round =
        Table.ROUNDS
            .row()
            .set("network", network)
            .set("epoch", epoch)
            .set("round", 1)
            .set("workers", 2)
            .set("examples", 3000)
            .set("fit_seconds", 0.5 * seconds)
            .set("wait_seconds", 0.125 * seconds)
            .set("averaging_seconds", 0.25 * seconds)
            .set("bytes_exchanged", 1000)
            .build();
    tables.commit(Table.ROUNDS, run, network + "-" + epoch, List.of(round));
  }

  /**
   * Answers to test images, one a line: name, class, answer and its probability. The loss is 1 less
   * the probability, or 1 more if the answer is wrong.
   */
  void predictions(String network, String answers) {
    List<Row> rows = new ArrayList<>();
    for (String line : answers.lines().toList()) {
      String[] words = line.split(" ");
      int label = label(words[1]);
      int predicted = label(words[2]);
      double probability = Double.parseDouble(words[3]);
      rows.add(
          Table.PREDICTIONS
              .row()
              .set("network", network)
              .set("split", "test")
              .set("path", words[0] + ".jpg")
              .set("label", label)
              .set("class_name", words[1])
              .set("predicted_label", predicted)
              .set("predicted_class", words[2])
              .set("probability", probability)
              .set("loss", 1 + (label == predicted ? -probability : probability))
              .set("top5_labels", List.of(predicted, 1 - predicted))
              .build());
    }
    tables.commit(Table.PREDICTIONS, run, network, rows);
  }

  private static int label(String name) {
    return List.of("beagle", "boxer").indexOf(name);
  }

  /** Test images of a beagle and a boxer by what they were taken for, and the recall of each. */
  void confusion(String network, int[][] counts) {
    List<Row> confusion = new ArrayList<>();
    List<Row> metrics = new ArrayList<>();
    List<String> names = List.of("beagle", "boxer");
    for (int actual = 0; actual < 2; actual++) {
      int support = counts[actual][0] + counts[actual][1];
      double recall = (double) counts[actual][actual] / support;
      metrics.add(
          Table.CLASS_METRICS
              .row()
              .set("network", network)
              .set("split", "test")
              .set("label", actual)
              .set("class_name", names.get(actual))
              .set("precision", 0.5)
              .set("recall", recall)
              .set("f1", 0.5)
              .set("support", support)
              .build());
      for (int predicted = 0; predicted < 2; predicted++) {
        confusion.add(
            Table.CONFUSION
                .row()
                .set("network", network)
                .set("split", "test")
                .set("actual_label", actual)
                .set("actual_class", names.get(actual))
                .set("predicted_label", predicted)
                .set("predicted_class", names.get(predicted))
                .set("count", counts[actual][predicted])
                .build());
      }
    }
    tables.commit(Table.CONFUSION, run, network, confusion);
    tables.commit(Table.CLASS_METRICS, run, network, metrics);
  }

  /** Files that were left out, one a line: name, bytes, reason. */
  void rejected(String files) {
    List<Row> rows = new ArrayList<>();
    for (String line : files.lines().toList()) {
      String[] words = line.split(" ");
      rows.add(
          Table.REJECTED_IMAGES
              .row()
              .set("path", words[0])
              .set("bytes", Integer.parseInt(words[1]))
              .set("reason", words[2])
              .set("detail", "the detail of " + words[0])
              .build());
    }
    tables.commit(Table.REJECTED_IMAGES, run, "rejected", rows);
  }
}
