package dev.kennel.page;

import dev.kennel.table.ExampleRows;
import dev.kennel.table.RowBuilder;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/** Writes runs of any size: answers are drawn by a seed, and all other rows follow from them. */
final class GeneratedTables {
  private final TableStore tables;
  private final List<String> paths;
  private final List<String> classes;

  /**
   * Runs on test images.
   *
   * @param classes names
   * @param paths of the test images; the first is of the first class, the second of the second, and
   *     so on, round and round
   */
  GeneratedTables(TableStore tables, List<String> classes, List<String> paths) {
    this.tables = tables;
    this.classes = classes;
    this.paths = paths;
  }

  /** An answer: the predicted label, its probability and the image's loss. */
  private record Answer(int label, double probability, double loss) {}

  /** The row of a run. */
  void run(String run, String status, int minute, long seed) {
    Instant startedAt = Instant.parse("2026-11-24T05:30:00Z").plusSeconds(60L * minute);
    String settings = "{\"epochs\":20,\"seed\":" + seed + ",\"schedule\":{\"name\":\"step\"}}";
    RowBuilder row =
        ExampleRows.run(startedAt, status, seed, 2, settings)
            .set("images", 2L * paths.size())
            .set("train_images", paths.size())
            .set("test_images", paths.size())
            .set("classes", classes.size());
    if (status.equals("failed")) {
      row.set("failure", "the disk is full");
    }
    tables.recordRun(run, row.build());
  }

  /** A network's size. */
  void network(String run, String network, long parameters) {
    Row row =
        Table.NETWORKS
            .row()
            .set("network", network)
            .set("parameters", parameters)
            .set("running_statistics", 9_600)
            .set("input_size", 64)
            .set("forward_flops_per_image", 200 * parameters)
            .set("parameter_bytes", 4 * parameters)
            .build();
    tables.commit(Table.NETWORKS, run, network, List.of(row));
  }

  /** An epoch that is not the last. */
  void epoch(String run, String network, int epoch, double skill, double secondsEach) {
    epoch(run, network, epoch, answers(network + run + epoch, skill), secondsEach);
  }

  /** The last epoch, with what it completes. */
  void lastEpoch(String run, String network, int epoch, double skill, double secondsEach) {
    List<Answer> answers = answers(network + run + epoch, skill);
    List<Row> rows = new ArrayList<>();
    long[][] counts = new long[classes.size()][classes.size()];
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.get(i);
      int label = i % classes.size();
      counts[label][answer.label]++;
      rows.add(
          Table.PREDICTIONS
              .row()
              .set("network", network)
              .set("split", "test")
              .set("path", paths.get(i))
              .set("label", label)
              .set("class_name", classes.get(label))
              .set("predicted_label", answer.label)
              .set("predicted_class", classes.get(answer.label))
              .set("probability", answer.probability)
              .set("loss", answer.loss)
              .set("top5_labels", List.of(answer.label, (answer.label + 1) % classes.size()))
              .build());
    }
    tables.commit(Table.PREDICTIONS, run, network, rows);
    tables.commit(Table.CONFUSION, run, network, confusion(network, counts));
    tables.commit(Table.CLASS_METRICS, run, network, classMetrics(network, counts));
    epoch(run, network, epoch, answers, secondsEach);
  }

  /** Images that were left out. */
  void rejected(String run, int images, String reason, String detail) {
    List<Row> rows =
        IntStream.range(0, images)
            .mapToObj(
                i ->
                    Table.REJECTED_IMAGES
                        .row()
                        .set("path", "dogs/%s %d.jpg".formatted(reason, i))
                        .set("bytes", 1000 + i)
                        .set("reason", reason)
                        .set("detail", detail)
                        .build())
            .toList();
    tables.commit(Table.REJECTED_IMAGES, run, reason.replace(' ', '-'), rows);
  }

  /** Right as often as the skill says; else a near class more often than a far one. */
  private List<Answer> answers(String name, double skill) {
    Random random = new Random(name.hashCode());
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      int label = i % classes.size();
      double ofClass = skill + 0.25 * Math.sin(label * (name.length() % 7 + 1.0));
      boolean isRight = random.nextDouble() < ofClass;
      int away =
          (int) Math.ceil(Math.abs(random.nextGaussian()) * 3) * (random.nextBoolean() ? 7 : 1);
      int answer = isRight ? label : Math.floorMod(label + away, classes.size());
      double probability =
          Math.min(1, (isRight ? 0.35 : 0.2) + 0.65 * random.nextDouble() * random.nextDouble());
      double loss = answer == label ? -Math.log(probability) : 2 + random.nextDouble();
      answers.add(new Answer(answer, probability, loss));
    }
    return answers;
  }

  private void epoch(
      String run, String network, int epoch, List<Answer> answers, double secondsEach) {
    double right = 0;
    double loss = 0;
    long[][] counts = new long[classes.size()][classes.size()];
    for (int i = 0; i < answers.size(); i++) {
      int label = i % classes.size();
      counts[label][answers.get(i).label]++;
      right += answers.get(i).label == label ? 1 : 0;
      loss += answers.get(i).loss;
    }
    double accuracy = right / answers.size();
    double macroF1 =
        IntStream.range(0, classes.size()).mapToDouble(c -> f1(counts, c)).average().orElseThrow();
    tables.commit(
        Table.EPOCHS,
        run,
        network + "-" + epoch,
        List.of(
            figures(
                network, epoch, "train", loss / answers.size() * 0.9, accuracy, 0.5, secondsEach),
            figures(network, epoch, "test", loss / answers.size(), accuracy, macroF1, 2)));
  }

  private Row figures(
      String network,
      int epoch,
      String split,
      double loss,
      double accuracy,
      double macroF1,
      double seconds) {
    return Table.EPOCHS
        .row()
        .set("network", network)
        .set("epoch", epoch)
        .set("split", split)
        .set("examples", paths.size())
        .set("loss", loss)
        .set("accuracy", accuracy)
        .set("top5_accuracy", Math.min(1, 0.2 + accuracy))
        .set("macro_f1", macroF1)
        .set("learning_rate", 0.1)
        .set("seconds", seconds)
        .set("images_per_second", paths.size() / seconds)
        .build();
  }

  private List<Row> confusion(String network, long[][] counts) {
    List<Row> rows = new ArrayList<>();
    for (int actual = 0; actual < counts.length; actual++) {
      for (int predicted = 0; predicted < counts.length; predicted++) {
        if (counts[actual][predicted] > 0) {
          rows.add(
              Table.CONFUSION
                  .row()
                  .set("network", network)
                  .set("split", "test")
                  .set("actual_label", actual)
                  .set("actual_class", classes.get(actual))
                  .set("predicted_label", predicted)
                  .set("predicted_class", classes.get(predicted))
                  .set("count", counts[actual][predicted])
                  .build());
        }
      }
    }
    return rows;
  }

  private List<Row> classMetrics(String network, long[][] counts) {
    return IntStream.range(0, counts.length)
        .mapToObj(
            label ->
                Table.CLASS_METRICS
                    .row()
                    .set("network", network)
                    .set("split", "test")
                    .set("label", label)
                    .set("class_name", classes.get(label))
                    .set("precision", precision(counts, label))
                    .set("recall", recall(counts, label))
                    .set("f1", f1(counts, label))
                    .set("support", images(counts[label]))
                    .build())
        .toList();
  }

  private static long images(long[] row) {
    return IntStream.range(0, row.length).mapToLong(i -> row[i]).sum();
  }

  private static double recall(long[][] counts, int label) {
    return (double) counts[label][label] / Math.max(1, images(counts[label]));
  }

  private static double precision(long[][] counts, int label) {
    long predicted = 0;
    for (long[] row : counts) {
      predicted += row[label];
    }
    return (double) counts[label][label] / Math.max(1, predicted);
  }

  private static double f1(long[][] counts, int label) {
    double sum = precision(counts, label) + recall(counts, label);
    return sum == 0 ? 0 : 2 * precision(counts, label) * recall(counts, label) / sum;
  }
}
