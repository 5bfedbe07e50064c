package dev.kennel;

import dev.kennel.averaging.Round;
import dev.kennel.dataset.Classes;
import dev.kennel.dataset.Duplicates;
import dev.kennel.dataset.ImageFile;
import dev.kennel.dataset.InspectedImage;
import dev.kennel.evaluation.Metrics;
import dev.kennel.evaluation.Prediction;
import dev.kennel.evaluation.TestedEpoch;
import dev.kennel.network.Network;
import dev.kennel.network.NetworkSize;
import dev.kennel.table.RowBuilder;
import dev.kennel.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

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

  /**
   * The figures of an epoch's rows by their names: {@code loss/test}, {@code learning_rate}.
   *
   * @param rows with the columns of the table's schema, in its order
   */
  static Map<String, Double> figures(List<Row> rows) {
    StructType schema = Table.EPOCHS.schema();
    Map<String, Double> figures = new TreeMap<>();
    for (Row row : rows) {
      String split = row.getString(schema.fieldIndex("split"));
      for (String column : schema.fieldNames()) {
        if (row.get(schema.fieldIndex(column)) instanceof Number value && !column.equals("epoch")) {
          boolean isOfEpoch = column.equals("learning_rate");
          figures.put(isOfEpoch ? column : column + "/" + split, value.doubleValue());
        }
      }
    }
    return figures;
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

  /** What an inspected image is like. */
  static Row image(InspectedImage image, Classes classes) {
    ImageFile file = image.file();
    InspectedImage.Look look = image.look();
    RowBuilder row =
        Table.IMAGES
            .row()
            .set("path", file.path())
            .set("bytes", file.bytes())
            .set("label", file.label())
            .set("class_name", classes.name(file.label()))
            .set("width", look.width())
            .set("height", look.height())
            .set("form", look.form())
            .set("mean_red", look.means().get(0))
            .set("mean_green", look.means().get(1))
            .set("mean_blue", look.means().get(2))
            .set("sha256", file.sha256())
            .set("perceptual_hash", look.perceptualHash());
    setIfAny(row, "split", file.split());
    setIfAny(row, "truncated", file.detail());
    return row.build();
  }

  /** Images that are there twice. */
  static List<Row> duplicates(List<Duplicates.Pair> pairs, Classes classes) {
    return pairs.stream().map(pair -> duplicate(pair, classes)).toList();
  }

  private static Row duplicate(Duplicates.Pair pair, Classes classes) {
    ImageFile image = pair.image().file();
    ImageFile other = pair.other().file();
    RowBuilder row =
        Table.DUPLICATES
            .row()
            .set("path", image.path())
            .set("class_name", classes.name(image.label()))
            .set("other_path", other.path())
            .set("other_class_name", classes.name(other.label()))
            .set("likeness", pair.isCopy() ? "copy" : "near")
            .set("distance", pair.distance())
            .set("across", across(pair));
    setIfAny(row, "split", image.split());
    setIfAny(row, "other_split", other.split());
    return row.build();
  }

  private static String across(Duplicates.Pair pair) {
    if (pair.isAcrossSplits()) {
      return "splits";
    }
    return pair.isAcrossClasses() ? "classes" : "none";
  }

  private static void setIfAny(RowBuilder row, String column, String value) {
    if (!value.isEmpty()) {
      row.set(column, value);
    }
  }
}
