package dev.kennel.model;

import dev.kennel.dataset.ImageSource.Listing;
import dev.kennel.dataset.SquareReader;
import dev.kennel.image.DecodeOptions;
import dev.kennel.network.Answer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import scala.collection.JavaConverters;

/** What a model answers for the images of a listing. */
public final class ListingPredictions {
  /**
   * One row an image: {@code path}; {@code predicted_label}, {@code predicted_class} and their
   * {@code probability}; the five best classes with theirs, {@code top5_classes} and {@code
   * top5_probabilities}, best first, all of them where there are fewer. Of an image that cannot be
   * read these are null, and {@code reason} and {@code detail} say why.
   */
  public static final StructType SCHEMA =
      new StructType()
          .add("path", DataTypes.StringType, false)
          .add("predicted_label", DataTypes.IntegerType, true)
          .add("predicted_class", DataTypes.StringType, true)
          .add("probability", DataTypes.DoubleType, true)
          .add("top5_classes", DataTypes.createArrayType(DataTypes.StringType, false), true)
          .add("top5_probabilities", DataTypes.createArrayType(DataTypes.DoubleType, false), true)
          .add("reason", DataTypes.StringType, true)
          .add("detail", DataTypes.StringType, true);

  private ListingPredictions() {}

  /**
   * Predicts, on the executors, when the rows are asked for.
   *
   * @param listing of {@link dev.kennel.dataset.ImageSource#unlabelled}
   * @param done counts the images as they are answered
   * @return rows of {@link #SCHEMA}, in the order of the listing
   */
  public static JavaRDD<Row> of(
      SparkSession spark,
      ModelFolder folder,
      Listing listing,
      DecodeOptions options,
      LongAccumulator done) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    DistributedModel model = DistributedModel.of(sc.sc(), folder);
    Broadcast<SerializableConfiguration> hadoop =
        sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    return listing
        .images()
        .javaRDD()
        .mapPartitions(rows -> rows(rows, model, options, hadoop.value(), done));
  }

  private static Iterator<Row> rows(
      Iterator<Row> listed,
      DistributedModel model,
      DecodeOptions options,
      SerializableConfiguration hadoop,
      LongAccumulator done) {
    SquareReader images =
        new SquareReader(model.description().imageSize(), options, hadoop.value());
    Iterator<Predicted<Row>> predicted = model.predict(listed, images::read);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return predicted.hasNext();
      }

      @Override
      public Row next() {
        Row row = row(predicted.next(), model.description().classNames());
        done.add(1);
        return row;
      }
    };
  }

  private static Row row(Predicted<Row> predicted, List<String> classNames) {
    String path = predicted.item().getAs("path");
    String reason = predicted.square().reason();
    String detail = predicted.square().detail();
    if (predicted.probabilities().isEmpty()) {
      return row(path, null, null, null, null, null, reason, detail);
    }
    float[] probabilities = predicted.probabilities().get();
    Answer answer = Answer.of(probabilities, 0, classNames.size(), 0);
    List<String> classes = new ArrayList<>();
    List<Double> best = new ArrayList<>();
    for (int label : answer.top5()) {
      classes.add(classNames.get(label));
      best.add((double) probabilities[label]);
    }
    return row(
        path,
        answer.predicted(),
        classes.get(0),
        answer.probability(),
        JavaConverters.asScalaBuffer(classes).toSeq(),
        JavaConverters.asScalaBuffer(best).toSeq(),
        null,
        detail.isEmpty() ? null : detail);
  }

  private static Row row(Object... values) {
    return new GenericRowWithSchema(values, SCHEMA);
  }
}
