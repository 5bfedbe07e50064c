package dev.kennel.report;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.expr;

import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The test images of some runs, and which of them each network of a run answered, and how. */
final class TestImages {

  /** The class of each image. */
  private final List<String> classNames;

  /** By run and network. */
  private final Map<List<String>, Answers> answers;

  private TestImages(List<String> classNames, Map<List<String>, Answers> answers) {
    this.classNames = classNames;
    this.answers = answers;
  }

  /**
   * The answers of one network of one run; image i is bit i.
   *
   * @param tested images that were answered
   * @param right those that were answered rightly
   * @param probabilities by bin of {@link Calibration}, the sum of the answers' probabilities
   * @param counts by bin, how many answers, and how many right ones
   */
  private record Answers(BitSet tested, BitSet right, double[] probabilities, long[][] counts) {
    Answers() {
      this(new BitSet(), new BitSet(), new double[Calibration.BINS], new long[Calibration.BINS][2]);
    }

    void addAll(Row bin) {
      set(tested, bin.getAs("bucket"), bin.getAs("tested"));
      set(right, bin.getAs("bucket"), bin.getAs("right"));
      int index = bin.<Integer>getAs("bin") - 1;
      probabilities[index] += bin.<Double>getAs("probability");
      counts[index][0] += bin.<Long>getAs("images");
      counts[index][1] += bin.<Long>getAs("right_images");
    }

    /** Of Spark's bitmaps, which have 32,768 bits each, buckets count from 1. */
    private static void set(BitSet images, long bucket, byte[] bitmap) {
      int first = Math.toIntExact((bucket - 1) * bitmap.length * Byte.SIZE);
      BitSet.valueOf(bitmap).stream().forEach(bit -> images.set(first + bit));
    }
  }

  /** Reads the last epoch's answers of every network of the runs. */
  static TestImages of(TableStore tables, Set<String> runs) {
    Dataset<Row> predictions =
        Queries.ofRuns(tables.read(Table.PREDICTIONS), runs).where("split = 'test'");
    List<Row> images =
        predictions
            .groupBy("path")
            .agg(expr("any_value(class_name)"))
            .orderBy("path")
            .collectAsList();
    List<String> classNames = new ArrayList<>();
    List<Row> numbered = new ArrayList<>();
    for (Row image : images) {
      classNames.add(image.getString(1));
      numbered.add(RowFactory.create(image.getString(0), (long) classNames.size())); // from 1
    }
    StructType schema =
        new StructType().add("path", DataTypes.StringType).add("image", DataTypes.LongType);
    Dataset<Row> numbers = tables.session().createDataFrame(numbered, schema);
    return new TestImages(classNames, answers(predictions.join(broadcast(numbers), "path")));
  }

  private static Map<List<String>, Answers> answers(Dataset<Row> predictions) {
    Map<List<String>, Answers> byNetwork = new HashMap<>();
    predictions
        .selectExpr(
            "run_id",
            "network",
            "bitmap_bucket_number(image) AS bucket",
            "bitmap_bit_position(image) AS position",
            "probability",
            "greatest(1, int(ceil(probability * %d))) AS bin".formatted(Calibration.BINS),
            "predicted_label = label AS is_right")
        .groupBy("run_id", "network", "bucket", "bin")
        .agg(
            expr("bitmap_construct_agg(position) AS tested"),
            expr("bitmap_construct_agg(position) FILTER (WHERE is_right) AS right"),
            expr("sum(probability) AS probability"),
            expr("count(*) AS images"),
            expr("count_if(is_right) AS right_images"))
        .collectAsList()
        .forEach(
            row ->
                byNetwork
                    .computeIfAbsent(
                        List.of(row.getAs("run_id"), row.getAs("network")),
                        network -> new Answers())
                    .addAll(row));
    return byNetwork;
  }

  /** The answers of one network, all the runs together. */
  Outcomes outcomes(List<NetworkResult> results) {
    Outcomes sum = Outcomes.none(classNames.size());
    for (NetworkResult result : results) {
      Answers of = answers.get(List.of(result.runId(), result.network()));
      if (of != null) {
        of.tested.stream().forEach(image -> sum.answers()[image]++);
        of.right.stream().forEach(image -> sum.right()[image]++);
      }
    }
    return sum;
  }

  /** The calibration of one network, all the runs together; empty without answers. */
  Optional<Calibration> calibration(List<NetworkResult> results) {
    List<Answers> ofRuns =
        results.stream()
            .map(result -> answers.get(List.of(result.runId(), result.network())))
            .filter(Objects::nonNull)
            .toList();
    List<Calibration.Bin> bins = new ArrayList<>();
    for (int i = 0; i < Calibration.BINS; i++) {
      int bin = i;
      long images = ofRuns.stream().mapToLong(of -> of.counts[bin][0]).sum();
      long right = ofRuns.stream().mapToLong(of -> of.counts[bin][1]).sum();
      double probability = ofRuns.stream().mapToDouble(of -> of.probabilities[bin]).sum();
      if (images > 0) {
        bins.add(new Calibration.Bin(i + 1, images, probability / images, (double) right / images));
      }
    }
    return bins.isEmpty() ? Optional.empty() : Optional.of(new Calibration(bins));
  }

  /** The recall of each class, by name. */
  List<ClassRecall> recalls(Outcomes outcomes) {
    Map<String, long[]> counts = new TreeMap<>(); // images, right, answers
    for (int image = 0; image < classNames.size(); image++) {
      if (outcomes.has(image)) {
        long[] count = counts.computeIfAbsent(classNames.get(image), name -> new long[3]);
        count[0]++;
        count[1] += outcomes.right()[image];
        count[2] += outcomes.answers()[image];
      }
    }
    return counts.entrySet().stream()
        .map(
            of ->
                new ClassRecall(
                    of.getKey(), of.getValue()[0], (double) of.getValue()[1] / of.getValue()[2]))
        .toList();
  }

  /** The recalls of two networks side by side, both of the same images; the greatest gain first. */
  List<ClassGain> gains(Outcomes a, Outcomes b) {
    Map<String, ClassRecall> ofB = new LinkedHashMap<>();
    recalls(b).forEach(recall -> ofB.put(recall.className(), recall));
    return recalls(a).stream()
        .map(
            recall ->
                new ClassGain(
                    recall.className(),
                    recall.images(),
                    recall.recall(),
                    ofB.get(recall.className()).recall()))
        .sorted(
            Comparator.comparingDouble(ClassGain::gain)
                .reversed()
                .thenComparing(ClassGain::className))
        .toList();
  }
}
