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
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The test images of some runs, and which of them each network of a run answered, and how.
 *
 * @param classNames the class of each image
 * @param answers by run and network
 */
record TestImages(List<String> classNames, Map<List<String>, Answers> answers) {

  /**
   * Which images were answered; image i is bit i.
   *
   * @param tested those that were answered
   * @param right those that were answered rightly
   */
  record Answers(BitSet tested, BitSet right) {}

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
    return new TestImages(classNames, bits(predictions.join(broadcast(numbers), "path")));
  }

  /** Spark's bitmaps have 32,768 bits each, of which an image has one. */
  private static Map<List<String>, Answers> bits(Dataset<Row> answers) {
    Map<List<String>, Answers> byNetwork = new HashMap<>();
    answers
        .selectExpr(
            "run_id",
            "network",
            "bitmap_bucket_number(image) AS bucket",
            "bitmap_bit_position(image) AS position",
            "predicted_label = label AS is_right")
        .groupBy("run_id", "network", "bucket")
        .agg(
            expr("bitmap_construct_agg(position)"),
            expr("bitmap_construct_agg(position) FILTER (WHERE is_right)"))
        .collectAsList()
        .forEach(
            row -> {
              Answers of =
                  byNetwork.computeIfAbsent(
                      List.of(row.getString(0), row.getString(1)),
                      network -> new Answers(new BitSet(), new BitSet()));
              set(of.tested(), row.getLong(2), row.getAs(3));
              set(of.right(), row.getLong(2), row.getAs(4));
            });
    return byNetwork;
  }

  private static void set(BitSet images, long bucket, byte[] bitmap) {
    int first = Math.toIntExact((bucket - 1) * bitmap.length * Byte.SIZE); // buckets count from 1
    BitSet.valueOf(bitmap).stream().forEach(bit -> images.set(first + bit));
  }

  /** The answers of one network, all the runs together. */
  Outcomes outcomes(List<NetworkResult> results) {
    Outcomes sum = Outcomes.none(classNames.size());
    for (NetworkResult result : results) {
      Answers of = answers.get(List.of(result.runId(), result.network()));
      if (of != null) {
        of.tested().stream().forEach(image -> sum.answers()[image]++);
        of.right().stream().forEach(image -> sum.right()[image]++);
      }
    }
    return sum;
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
