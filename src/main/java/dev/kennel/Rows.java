package dev.kennel;

import dev.kennel.averaging.Round;
import dev.kennel.dataset.Classes;
import dev.kennel.dataset.ImageFile;
import dev.kennel.evaluation.Metrics;
import dev.kennel.evaluation.Prediction;
import dev.kennel.evaluation.TestedEpoch;
import dev.kennel.network.Network;
import dev.kennel.network.NetworkSize;
import dev.kennel.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** The rows of the tables, made of what a training found. */
final class Rows {
  private Rows() {}

  /** How big a network is. */
  static Row network(String network, int imageSize, int classes) {
    NetworkSize size = Network.of(network).size(classes, imageSize);
    return Table.NETWORKS
        .row()
        .set("network", network)
        .set("parameters", size.parameters())
        .set("running_statistics", size.runningStatistics())
        .set("input_size", imageSize)
        .set("forward_flops_per_image", size.forwardFlopsPerImage())
        .set("parameter_bytes", size.parameterBytes())
        .build();
  }

  /** What the rounds of an epoch took. */
  static List<Row> rounds(String network, int epoch, List<Round> rounds) {
    List<Row> rows = new ArrayList<>();
    for (Round round : rounds) {
      rows.add(
          Table.ROUNDS
              .row()
              .set("network", network)
              .set("epoch", epoch)
              .set("round", rows.size() + 1)
              .set("workers", round.workers())
              .set("examples", round.examples())
              .set("fit_seconds", round.fitSeconds())
              .set("wait_seconds", round.waitSeconds())
              .set("averaging_seconds", round.averagingSeconds())
              .set("bytes_exchanged", round.bytesExchanged())
              .build());
    }
    return rows;
  }

  /** How good a network is on a split after an epoch. */
  static Row epoch(
      String network, int epoch, String split, Metrics metrics, double rate, double seconds) {
    return Table.EPOCHS
        .row()
        .set("network", network)
        .set("epoch", epoch)
        .set("split", split)
        .set("examples", (long) metrics.examples())
        .set("loss", metrics.loss())
        .set("accuracy", metrics.accuracy())
        .set("top5_accuracy", metrics.top5Accuracy())
        .set("macro_f1", metrics.macroF1())
        .set("learning_rate", rate)
        .set("seconds", seconds)
        .set("images_per_second", metrics.examples() / seconds)
        .build();
  }

  /** What a network answered for each image, whose paths are given by their ids. */
  static List<Row> predictions(
      String network, TestedEpoch tested, Map<Integer, String> paths, Classes classes) {
    List<Row> rows = new ArrayList<>();
    for (Prediction prediction : tested.predictions()) {
      var answer = prediction.answer();
      rows.add(
          Table.PREDICTIONS
              .row()
              .set("network", network)
              .set("split", tested.split())
              .set("path", paths.get(prediction.id()))
              .set("label", answer.label())
              .set("class_name", classes.name(answer.label()))
              .set("predicted_label", answer.predicted())
              .set("predicted_class", classes.name(answer.predicted()))
              .set("probability", answer.probability())
              .set("loss", answer.loss())
              .set("top5_labels", Arrays.stream(answer.top5()).boxed().toList())
              .build());
    }
    return rows;
  }

  /** A row for every pair of classes, those of no image too. */
  static List<Row> confusion(String network, String split, Metrics metrics, Classes classes) {
    List<Row> rows = new ArrayList<>();
    for (int actual = 0; actual < classes.size(); actual++) {
      for (int predicted = 0; predicted < classes.size(); predicted++) {
        rows.add(
            Table.CONFUSION
                .row()
                .set("network", network)
                .set("split", split)
                .set("actual_label", actual)
                .set("actual_class", classes.name(actual))
                .set("predicted_label", predicted)
                .set("predicted_class", classes.name(predicted))
                .set("count", metrics.confusion().get(actual)[predicted])
                .build());
      }
    }
    return rows;
  }

  /** How good a network is at each class. */
  static List<Row> classes(String network, String split, Metrics metrics, Classes classes) {
    List<Row> rows = new ArrayList<>();
    for (int label = 0; label < classes.size(); label++) {
      Metrics.ClassMetrics of = metrics.classes().get(label);
      rows.add(
          Table.CLASS_METRICS
              .row()
              .set("network", network)
              .set("split", split)
              .set("label", label)
              .set("class_name", classes.name(label))
              .set("precision", of.precision())
              .set("recall", of.recall())
              .set("f1", of.f1())
              .set("support", of.support())
              .build());
    }
    return rows;
  }

  /** The files that were left out, or taken though they are not whole. */
  static List<Row> rejected(List<ImageFile> files) {
    return files.stream()
        .map(
            file ->
                Table.REJECTED_IMAGES
                    .row()
                    .set("path", file.path())
                    .set("bytes", file.bytes())
                    .set("reason", file.tableReason())
                    .set("detail", file.detail())
                    .build())
        .toList();
  }
}
