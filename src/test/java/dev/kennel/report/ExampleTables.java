package dev.kennel.report;

import dev.kennel.table.ExampleRows;
import dev.kennel.table.RowBuilder;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/** Writes small runs whose every figure can be counted by hand. */
final class ExampleTables {

  private final TableStore tables;

  ExampleTables(TableStore tables) {
    this.tables = tables;
  }

  /** A run that began at the given hour. */
  void run(String run, String status, int hour) {
    run(run, status, hour, "{}");
  }

  /** The same with settings, a JSON object. */
  void run(String run, String status, int hour, String settings) {
    Instant startedAt = Instant.parse("2026-11-24T00:00:00Z").plusSeconds(3600L * hour);
    RowBuilder row =
        ExampleRows.run(startedAt, status, 42, 2, settings)
            .set("images", 40)
            .set("train_images", 32)
            .set("test_images", 8)
            .set("classes", 2);
    tables.recordRun(run, row.build());
  }

  /** An epoch of 32 training images in 4 seconds, after which {@code right} of 8 were right. */
  void epoch(String run, String network, int epoch, int right, double loss) {
    epoch(run, network, epoch, right, 8, loss);
  }

  /** The same with another number of test images. */
  void epoch(String run, String network, int epoch, int right, int images, double loss) {
    tables.commit(
        Table.EPOCHS,
        run,
        network + "-" + epoch,
        List.of(
            ExampleRows.figures(network, epoch, "train", 32, 1.0, 0.5, 4),
            ExampleRows.figures(network, epoch, "test", images, loss, (double) right / images, 2)));
  }

  void network(String run, String network, long parameters) {
    Row row =
        Table.NETWORKS
            .row()
            .set("network", network)
            .set("parameters", parameters)
            .set("running_statistics", 100)
            .set("input_size", 32)
            .set("forward_flops_per_image", 1000)
            .set("parameter_bytes", 4 * parameters)
            .build();
    tables.commit(Table.NETWORKS, run, network, List.of(row));
  }

  /** One prediction a character: {@code +} is right, {@code -} is wrong, a space is no image. */
  void predictions(String run, String network, String split, String outcomes) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < outcomes.length(); i++) {
      if (outcomes.charAt(i) != ' ') {
        rows.add(prediction(network, split, i, outcomes.charAt(i) == '+' ? 0 : 1));
      }
    }
    tables.commit(Table.PREDICTIONS, run, network + "-" + split, rows);
  }

  private static Row prediction(String network, String split, int image, int predicted) {
    return Table.PREDICTIONS
        .row()
        .set("network", network)
        .set("split", split)
        .set("path", "dogs/" + image + ".jpg")
        .set("label", 0)
        .set("class_name", "beagle")
        .set("predicted_label", predicted)
        .set("predicted_class", predicted == 0 ? "beagle" : "boxer")
        .set("probability", 0.75)
        .set("loss", 0.3)
        .set("top5_labels", List.of(predicted, 1 - predicted))
        .build();
  }

  /** Rounds of an epoch, each of 16 images, 1.5 seconds of fit and half a second of averaging. */
  void rounds(String run, String network, int epoch, int rounds) {
    List<Row> rows = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      rows.add(
          Table.ROUNDS
              .row()
              .set("network", network)
              .set("epoch", epoch)
              .set("round", round)
              .set("workers", 2)
              .set("examples", 16)
              .set("fit_seconds", 1.5)
              .set("wait_seconds", 0.25)
              .set("averaging_seconds", 0.5)
              .set("bytes_exchanged", 1000)
              .build());
    }
    tables.commit(Table.ROUNDS, run, network + "-" + epoch, rows);
  }

  /** Counts of test images by actual class and, within it, by predicted class. */
  void confusion(String run, String network, int[][] counts) {
    List<Row> rows = new ArrayList<>();
    for (int actual = 0; actual < counts.length; actual++) {
      for (int predicted = 0; predicted < counts.length; predicted++) {
        rows.add(
            Table.CONFUSION
                .row()
                .set("network", network)
                .set("split", "test")
                .set("actual_label", actual)
                .set("actual_class", "class-" + actual)
                .set("predicted_label", predicted)
                .set("predicted_class", "class-" + predicted)
                .set("count", counts[actual][predicted])
                .build());
      }
    }
    tables.commit(Table.CONFUSION, run, network, rows);
  }
}
