package dev.kennel.model;

import dev.kennel.dataset.SquareReader;
import dev.kennel.image.DecodeOptions;
import dev.kennel.network.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Option;

/**
 * A trained model as a transformer of Spark ML: takes a column of images, as paths or as the
 * contents of their files, and adds what it answers for each: the label, the probabilities of all
 * classes, and the name of the class. An image that cannot be read has nulls there, and the reason
 * in a column of its own; it never ends the job.
 *
 * <pre>{@code
 * ImageClassificationModel model = ImageClassificationModel.ofFolder(spark, "dogs-run/models/…/resnet18");
 * model.setInputCol("path").transform(spark.read().format("binaryFile").load("photos"));
 * }</pre>
 */
public final class ImageClassificationModel extends Model<ImageClassificationModel>
    implements MLWritable {
  private static final long serialVersionUID = 1;

  /** The model's folder within what {@link #write} writes. */
  private static final String FOLDER = "model";

  private final String uid;
  private final transient ModelFolder folder;

  private final Param<String> inputCol;
  private final Param<String> predictionCol;
  private final Param<String> probabilityCol;
  private final Param<String> predictedLabelCol;
  private final Param<String> errorCol;
  private final BooleanParam acceptTruncated;

  ImageClassificationModel(String uid, ModelFolder folder) {
    this.uid = uid; // first: parameters ask for it
    this.folder = folder;
    inputCol =
        new Param<>(this, "inputCol", "column of images: paths (string) or contents (binary)");
    predictionCol =
        new Param<>(this, "predictionCol", "column for the label of the likeliest class (double)");
    probabilityCol =
        new Param<>(this, "probabilityCol", "column for the probabilities by label (vector)");
    predictedLabelCol =
        new Param<>(this, "predictedLabelCol", "column for the likeliest class's name (string)");
    errorCol = new Param<>(this, "errorCol", "column for why there is no prediction (string)");
    acceptTruncated =
        new BooleanParam(
            this, "acceptTruncated", "whether of images that were cut short the rest is taken");
    setDefault(inputCol, "image");
    setDefault(predictionCol, "prediction");
    setDefault(probabilityCol, "probability");
    setDefault(predictedLabelCol, "predictedLabel");
    setDefault(errorCol, "error");
    setDefault(acceptTruncated, false);
  }

  /**
   * The model in a folder that {@code kennel train} saved, {@code OUTPUT/models/RUN_ID/NETWORK}.
   *
   * @throws dev.kennel.config.UserError if it is none, or is damaged
   */
  public static ImageClassificationModel ofFolder(SparkSession spark, String folder) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    return new ImageClassificationModel(
        Identifiable.randomUID("imageClassificationModel"), ModelFolder.open(hadoop, folder));
  }

  /** What the model is: network, class names by label, the run it came from. */
  public ModelDescription description() {
    return folder.description();
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Column of images: paths (string) or contents of image files (binary). */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** Column for the label of the likeliest class, a double; empty: none. */
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /** Column for the probabilities of the classes, a vector by label; empty: none. */
  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  /** Column for the name of the likeliest class, a string; empty: none. */
  public Param<String> predictedLabelCol() {
    return predictedLabelCol;
  }

  /** Column for why there is no prediction, a string, null where there is one; empty: none. */
  public Param<String> errorCol() {
    return errorCol;
  }

  /** Whether of images that were cut short what is there is taken. */
  public BooleanParam acceptTruncated() {
    return acceptTruncated;
  }

  /** Sets {@link #inputCol}. */
  public ImageClassificationModel setInputCol(String value) {
    set(inputCol, value);
    return this;
  }

  /** Sets {@link #predictionCol}. */
  public ImageClassificationModel setPredictionCol(String value) {
    set(predictionCol, value);
    return this;
  }

  /** Sets {@link #probabilityCol}. */
  public ImageClassificationModel setProbabilityCol(String value) {
    set(probabilityCol, value);
    return this;
  }

  /** Sets {@link #predictedLabelCol}. */
  public ImageClassificationModel setPredictedLabelCol(String value) {
    set(predictedLabelCol, value);
    return this;
  }

  /** Sets {@link #errorCol}. */
  public ImageClassificationModel setErrorCol(String value) {
    set(errorCol, value);
    return this;
  }

  /** Sets {@link #acceptTruncated}. */
  public ImageClassificationModel setAcceptTruncated(boolean value) {
    set(acceptTruncated, value);
    return this;
  }

  /** What can be added, in this order. */
  private enum Added {
    PREDICTION,
    PROBABILITY,
    PREDICTED_LABEL,
    ERROR;

    Object value(Predicted<Row> predicted, List<String> classNames) {
      if (predicted.probabilities().isEmpty()) {
        return this == ERROR
            ? predicted.square().reason() + ": " + predicted.square().detail()
            : null;
      }
      float[] probabilities = predicted.probabilities().get();
      int label = Answer.of(probabilities, 0, probabilities.length, 0).predicted();
      return switch (this) {
        case PREDICTION -> (double) label;
        case PROBABILITY -> {
          double[] values = new double[probabilities.length];
          Arrays.setAll(values, i -> probabilities[i]);
          yield Vectors.dense(values);
        }
        case PREDICTED_LABEL -> classNames.get(label);
        case ERROR -> null;
      };
    }
  }

  private String name(Added added) {
    return switch (added) {
      case PREDICTION -> getOrDefault(predictionCol);
      case PROBABILITY -> getOrDefault(probabilityCol);
      case PREDICTED_LABEL -> getOrDefault(predictedLabelCol);
      case ERROR -> getOrDefault(errorCol);
    };
  }

  private List<Added> added() {
    return Arrays.stream(Added.values()).filter(added -> !name(added).isEmpty()).toList();
  }

  /**
   * The schema with the columns that are added.
   *
   * @throws IllegalArgumentException if the column of images is missing or of another type, or a
   *     column is there already
   */
  @Override
  public StructType transformSchema(StructType schema) {
    ImageColumn.check(schema, getOrDefault(inputCol));
    return ImageColumn.added(
        schema,
        name(Added.PREDICTION),
        name(Added.PROBABILITY),
        name(Added.PREDICTED_LABEL),
        name(Added.ERROR));
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext());
    DecodeOptions options = description().decoding((Boolean) getOrDefault(acceptTruncated));
    return dataset
        .toDF()
        .mapPartitions(
            new Classification(
                DistributedModel.of(sc.sc(), folder),
                dataset.schema().fieldIndex(getOrDefault(inputCol)),
                added(),
                options,
                sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()))),
            Encoders.row(schema));
  }

  /**
   * A task.
   *
   * @param image index of the column of images
   */
  private record Classification(
      DistributedModel model,
      int image,
      List<Added> added,
      DecodeOptions options,
      Broadcast<SerializableConfiguration> hadoop)
      implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      SquareReader images =
          new SquareReader(model.description().imageSize(), options, hadoop.value().value());
      Iterator<Predicted<Row>> predicted =
          model.predict(rows, row -> ImageColumn.square(row.get(image), images));
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return predicted.hasNext();
        }

        @Override
        public Row next() {
          return row(predicted.next());
        }
      };
    }

    private Row row(Predicted<Row> predicted) {
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < predicted.item().size(); i++) {
        values.add(predicted.item().get(i));
      }
      List<String> classNames = model.description().classNames();
      added.forEach(column -> values.add(column.value(predicted, classNames)));
      return RowFactory.create(values.toArray());
    }
  }

  @Override
  public ImageClassificationModel copy(ParamMap extra) {
    ImageClassificationModel copy = new ImageClassificationModel(uid, folder);
    copyValues(copy, extra);
    copy.setParent(parent());
    return copy;
  }

  /** Writes parameters as Spark ML does, and beside them the model's folder. */
  @Override
  public MLWriter write() {
    return new Writer(this);
  }

  private static final class Writer extends MLWriter {
    private final ImageClassificationModel model;

    Writer(ImageClassificationModel model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      SparkContext spark = sc();
      DefaultParamsWriter.saveMetadata(model, path, spark, Option.empty(), Option.empty());
      try {
        model.folder.copy(spark.hadoopConfiguration(), path + "/" + FOLDER);
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
    }
  }

  /** A reader of what {@link #write} writes; pipelines find it by its name. */
  public static MLReader<ImageClassificationModel> read() {
    return new Reader();
  }

  private static final class Reader extends MLReader<ImageClassificationModel> {
    @Override
    public ImageClassificationModel load(String path) {
      DefaultParamsReader.Metadata metadata =
          DefaultParamsReader.loadMetadata(path, sc(), ImageClassificationModel.class.getName());
      ImageClassificationModel model =
          new ImageClassificationModel(
              metadata.uid(), ModelFolder.open(sc().hadoopConfiguration(), path + "/" + FOLDER));
      metadata.getAndSetParams(model, Option.empty());
      return model;
    }
  }

  /** Loads what {@link #write} wrote. */
  public static ImageClassificationModel load(String path) {
    return read().load(path);
  }
}
