package dev.kennel;

import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.UserError;
import dev.kennel.dataset.ContentFiles;
import dev.kennel.model.ImageClassificationModel;
import dev.kennel.model.ImageColumn;
import dev.kennel.onednn.Arithmetic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The whole job as an estimator of Spark ML: trains a network on a column of images, as paths or as
 * the contents of their files, and a column of class names. The run's tables, its model and its
 * checkpoints are in the output folder, as those of {@code kennel train}; a part of the images is
 * held out for testing ({@code test-fraction} of the settings, a fifth).
 *
 * <pre>{@code
 * ImageClassificationModel model =
 *     new ImageClassifier()
 *         .setInputCol("path")
 *         .setLabelCol("breed")
 *         .setOutput("dogs-run")
 *         .setSettings("epochs=15", "batch-size=32")
 *         .fit(dogs);
 * }</pre>
 */
public final class ImageClassifier extends Estimator<ImageClassificationModel>
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1;
  private static final String PATH = "path";
  private static final String LABEL = "label";

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> labelCol;
  private final Param<String> network;
  private final Param<String> output;
  private final StringArrayParam settings;

  // Of the model that is fitted.
  private final Param<String> predictionCol;
  private final Param<String> probabilityCol;
  private final Param<String> predictedLabelCol;
  private final Param<String> errorCol;

  /** An estimator with the default settings. */
  public ImageClassifier() {
    this(Identifiable.randomUID("imageClassifier"));
  }

  /** An estimator of that identity, as Spark ML makes one when it loads or copies it. */
  public ImageClassifier(String uid) {
    this.uid = uid; // first: parameters ask for it
    inputCol = param("inputCol", "column of images: paths (string) or contents (binary)");
    labelCol = param("labelCol", "column of class names");
    network = param("network", "resnet18, resnet34, resnet50, resfcn18 or customcnn");
    output = param("output", "folder for tables, models and checkpoints; executors must see it");
    settings =
        new StringArrayParam(this, "settings", "further settings of conf/defaults.conf, KEY=VALUE");
    predictionCol = param("predictionCol", "the model's column for the likeliest label");
    probabilityCol = param("probabilityCol", "the model's column for probabilities by label");
    predictedLabelCol = param("predictedLabelCol", "the model's column for the likeliest class");
    errorCol = param("errorCol", "the model's column for why there is no prediction");
    setDefault(inputCol, "image");
    setDefault(labelCol, LABEL);
    setDefault(network, "resnet18");
    setDefault(output, "output");
    setDefault(settings, new String[0]);
    setDefault(predictionCol, "prediction");
    setDefault(probabilityCol, "probability");
    setDefault(predictedLabelCol, "predictedLabel");
    setDefault(errorCol, "error");
  }

  private Param<String> param(String name, String doc) {
    return new Param<>(this, name, doc);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Column of images: paths (string) or contents of image files (binary). */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** Column of class names; values of other types are taken as texts. */
  public Param<String> labelCol() {
    return labelCol;
  }

  /** Name of the network to train. */
  public Param<String> network() {
    return network;
  }

  /** Folder for tables, models and checkpoints, on any file system; executors must see it. */
  public Param<String> output() {
    return output;
  }

  /** Further settings of {@code conf/defaults.conf}, each as {@code key=value}. */
  public StringArrayParam settings() {
    return settings;
  }

  /** See {@link ImageClassificationModel#predictionCol}. */
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /** See {@link ImageClassificationModel#probabilityCol}. */
  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  /** See {@link ImageClassificationModel#predictedLabelCol}. */
  public Param<String> predictedLabelCol() {
    return predictedLabelCol;
  }

  /** See {@link ImageClassificationModel#errorCol}. */
  public Param<String> errorCol() {
    return errorCol;
  }

  /** Sets {@link #inputCol}. */
  public ImageClassifier setInputCol(String value) {
    return with(inputCol, value);
  }

  /** Sets {@link #labelCol}. */
  public ImageClassifier setLabelCol(String value) {
    return with(labelCol, value);
  }

  /** Sets {@link #network}. */
  public ImageClassifier setNetwork(String value) {
    return with(network, value);
  }

  /** Sets {@link #output}. */
  public ImageClassifier setOutput(String value) {
    return with(output, value);
  }

  /** Sets {@link #settings}. */
  public ImageClassifier setSettings(String... values) {
    set(settings, values);
    return this;
  }

  /** Sets {@link #predictionCol}. */
  public ImageClassifier setPredictionCol(String value) {
    return with(predictionCol, value);
  }

  /** Sets {@link #probabilityCol}. */
  public ImageClassifier setProbabilityCol(String value) {
    return with(probabilityCol, value);
  }

  /** Sets {@link #predictedLabelCol}. */
  public ImageClassifier setPredictedLabelCol(String value) {
    return with(predictedLabelCol, value);
  }

  /** Sets {@link #errorCol}. */
  public ImageClassifier setErrorCol(String value) {
    return with(errorCol, value);
  }

  private ImageClassifier with(Param<String> param, String value) {
    set(param, value);
    return this;
  }

  /**
   * Trains. A training that fails is in the table {@code runs}, and {@code kennel train --resume}
   * goes on with it.
   *
   * @throws UserError for mistakes in settings or images
   */
  @Override
  public ImageClassificationModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    Arithmetic.chooseBinary();
    SparkSession spark = dataset.sparkSession();
    try {
      Settings loaded = load(spark, manifest(spark, dataset));
      String trained = getOrDefault(network);
      if (!loaded.networks().keySet().equals(Set.of(trained))) {
        throw new UserError(
            "Cannot fit %s as one model: name the network by setNetwork alone"
                .formatted(String.join(" and ", loaded.networks().keySet())));
      }
      String run = new TrainingJob(spark, loaded, Console.ofProcess()).run();
      ImageClassificationModel model =
          ImageClassificationModel.ofFolder(spark, RunTables.model(loaded.output(), run, trained));
      copyValues(model, ParamMap.empty());
      return model.setParent(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Writes down what is to be trained on, so that the run can be traced and resumed. */
  private String manifest(SparkSession spark, Dataset<?> dataset) {
    String folder = getOrDefault(output);
    String manifest = folder + "/manifests/" + UUID.randomUUID() + ".parquet";
    String input = getOrDefault(inputCol);
    Dataset<Row> named =
        dataset.select(
            dataset.col(quoted(input)),
            dataset.col(quoted(getOrDefault(labelCol))).cast(DataTypes.StringType));
    boolean arePaths = ImageColumn.check(dataset.schema(), input).equals(DataTypes.StringType);
    Dataset<Row> paths = arePaths ? named : written(spark, named, folder + "/images");
    paths.toDF(PATH, LABEL).write().parquet(manifest);
    return manifest;
  }

  /** The same with the paths of files that hold the contents. */
  private static Dataset<Row> written(SparkSession spark, Dataset<Row> contents, String folder) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    return contents.map(
        (MapFunction<Row, Row>)
            row ->
                RowFactory.create(
                    ContentFiles.write(row.getAs(0), folder, hadoop.value().value()),
                    row.getString(1)),
        Encoders.row(
            new StructType().add(PATH, DataTypes.StringType).add(LABEL, DataTypes.StringType)));
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  private Settings load(SparkSession spark, String manifest) throws IOException {
    FileSystem files = FileSystem.get(spark.sparkContext().hadoopConfiguration());
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("manifest", manifest);
    own.put("path-column", PATH);
    own.put("label-column", LABEL);
    own.put("images", files.getWorkingDirectory().toString()); // where relative paths begin
    own.put("networks", getOrDefault(network));
    own.put("output", getOrDefault(output));
    return SettingsLoader.load(Optional.empty(), own, List.of(getOrDefault(settings)));
  }

  /**
   * The schema with the columns that the model will add.
   *
   * @throws IllegalArgumentException if the column of images or of class names is missing, or a
   *     column is there already
   */
  @Override
  public StructType transformSchema(StructType schema) {
    ImageColumn.check(schema, getOrDefault(inputCol));
    schema.fieldIndex(getOrDefault(labelCol));
    return ImageColumn.added(
        schema,
        getOrDefault(predictionCol),
        getOrDefault(probabilityCol),
        getOrDefault(predictedLabelCol),
        getOrDefault(errorCol));
  }

  @Override
  public ImageClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** A reader of what {@link #write} writes; pipelines find it by its name. */
  public static MLReader<ImageClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Loads what {@link #write} wrote. */
  public static ImageClassifier load(String path) {
    return read().load(path);
  }
}
