package dev.kennel;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.split;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.kennel.config.UserError;
import dev.kennel.model.ImageClassificationModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What users of Spark ML write, in their own words: nothing of Kennel but its two stages. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageClassifierTest {
  private static final int IMAGES_A_COLOUR = 15;

  private Path folder;
  private String saved;

  @BeforeAll
  void fitAPipelineAndSaveIt(@TempDir Path temporary) throws IOException {
    folder = temporary;
    ColouredImages.write(folder.resolve("images"), IMAGES_A_COLOUR, 32);
    saved = folder + "/pipeline";
    SparkSession spark = LocalSpark.session();
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new ImageClassifier()
                      .setInputCol("path")
                      .setLabelCol("colour")
                      .setNetwork("customcnn")
                      .setOutput(folder + "/output")
                      .setSettings(settings(8))
                      .setPredictedLabelCol("answer"),
                  new StringIndexer()
                      .setInputCol("colour")
                      .setOutputCol("label")
                      .setStringOrderType("alphabetAsc")
                });
    pipeline.write().save(folder + "/unfitted");
    PipelineModel model = Pipeline.load(folder + "/unfitted").fit(images(spark));
    model.write().save(saved);
  }

  private static String[] settings(int epochs) {
    return new String[] {
      "image-size=32", "epochs=" + epochs, "batch-size=6", "workers=2", "seed=1"
    };
  }

  /** Paths and contents of the image files, as Spark's own reader gives them, and their colours. */
  private Dataset<Row> images(SparkSession spark) {
    return spark
        .read()
        .format("binaryFile")
        .load(folder + "/images/*/*.png")
        .withColumn("colour", element_at(split(col("path"), "/"), -2));
  }

  @Test
  void aPipelineThatWasSavedAnswersInANewSession() {
    LocalSpark.end();
    SparkSession spark = LocalSpark.session(); // another one
    Dataset<Row> answered = PipelineModel.load(saved).transform(images(spark));
    assertThat(answered.columns())
        .containsExactly(
            "path",
            "modificationTime",
            "length",
            "content",
            "colour",
            "prediction",
            "probability",
            "answer",
            "error",
            "label");
    assertThat(answered.where("answer = colour and error is null").count())
        .isEqualTo(3 * IMAGES_A_COLOUR);
    assertThat(new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(answered))
        .isEqualTo(1);
    Row row = answered.first();
    Vector probabilities = row.getAs("probability");
    assertThat(Arrays.stream(probabilities.toArray()).sum()).isCloseTo(1, offset(1e-6));
    assertThat((double) probabilities.argmax()).isEqualTo(row.<Double>getAs("prediction"));
  }

  @Test
  void anImageThatCannotBeReadHasNullsAndTheReasonAndTheOthersTheirAnswers() throws IOException {
    SparkSession spark = LocalSpark.session();
    Path good = folder.resolve("images/green/003.png");
    Path cut = Files.write(folder.resolve("cut.png"), Arrays.copyOf(Files.readAllBytes(good), 900));
    Path text = Files.writeString(folder.resolve("text.jpg"), "no image");
    Path empty = Files.createFile(folder.resolve("empty.jpg"));
    List<Row> paths =
        Arrays.asList(
            RowFactory.create(1, cut.toString()),
            RowFactory.create(2, good.toString()),
            RowFactory.create(3, text.toString()),
            RowFactory.create(4, empty.toString()),
            RowFactory.create(5, folder + "/absent.jpg"),
            RowFactory.create(6, null),
            RowFactory.create(7, "::no path::"),
            RowFactory.create(8, ""),
            RowFactory.create(9, folder.resolve("images/red/001.png").toString()));
    Dataset<Row> asked =
        spark.createDataFrame(
            paths,
            new StructType().add("id", DataTypes.IntegerType).add("photo", DataTypes.StringType));
    List<Row> rows = model().setInputCol("photo").transform(asked).collectAsList();
    assertThat(rows)
        .extracting(row -> row.getInt(0) + " " + row.getAs("answer") + " " + error(row))
        .containsExactly(
            "1 null truncated",
            "2 green null",
            "3 null not an image",
            "4 null empty",
            "5 null unreadable",
            "6 null empty",
            "7 null unreadable",
            "8 null unreadable",
            "9 red null");
    assertThat(rows.get(0).isNullAt(rows.get(0).fieldIndex("prediction"))).isTrue();
    assertThat(rows.get(0).isNullAt(rows.get(0).fieldIndex("probability"))).isTrue();
    assertThat(rows.get(4).<String>getAs("error")).contains("absent.jpg");
  }

  private static String error(Row row) {
    String error = row.getAs("error");
    return error == null ? "null" : error.substring(0, error.indexOf(':'));
  }

  @Test
  void contentsAreAnsweredAsTheirFilesAre() {
    SparkSession spark = LocalSpark.session();
    ImageClassificationModel model = model();
    Dataset<Row> images = images(spark);
    assertThat(model.setInputCol("content").transform(images).select("path", "probability"))
        .satisfies(
            ofContents ->
                assertThat(ofContents.collectAsList())
                    .isEqualTo(
                        model
                            .setInputCol("path")
                            .transform(images)
                            .select("path", "probability")
                            .collectAsList()));
  }

  @Test
  void theEstimatorTrainsOnContentsAsOnPaths() {
    SparkSession spark = LocalSpark.session();
    ImageClassificationModel ofContents =
        new ImageClassifier()
            .setInputCol("content")
            .setLabelCol("colour")
            .setNetwork("customcnn")
            .setOutput(folder + "/contents")
            .setSettings(settings(1))
            .fit(images(spark));
    assertThat(ofContents.transform(images(spark)).where("prediction is not null").count())
        .isEqualTo(3 * IMAGES_A_COLOUR);
    assertThat(ofContents.description().classNames()).containsExactly("blue", "green", "red");
  }

  @Test
  void aCopyTakesTheParametersOfTheOriginalAndThoseThatAreGiven() {
    ImageClassificationModel model = model();
    ImageClassificationModel copy = model.copy(new ParamMap().put(model.errorCol().w("")));
    assertThat(
            copy.transformSchema(new StructType().add("path", DataTypes.StringType)).fieldNames())
        .containsExactly("path", "prediction", "probability", "answer");
    ImageClassifier estimator = new ImageClassifier().setSettings("epochs=2");
    assertThat(Arrays.asList(estimator.copy(ParamMap.empty()).params()))
        .extracting(param -> param.name())
        .contains("inputCol", "labelCol", "network", "output", "settings", "errorCol");
  }

  @Test
  void columnsThatDoNotFitAreSaidBeforeAnythingRuns() {
    ImageClassificationModel model = model();
    assertThatThrownBy(() -> model.transformSchema(new StructType().add("a", "string")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot take images from the column path: there is none, only a");
    assertThatThrownBy(() -> model.transformSchema(new StructType().add("path", "int")))
        .hasMessage(
            "Cannot take images from the column path: it is of type int; it takes paths (string) or"
                + " contents of image files (binary)");
    assertThatThrownBy(
            () -> model.transformSchema(new StructType().add("path", "string").add("error", "int")))
        .hasMessage("Cannot add the column error: it is there already; name another");
  }

  @Test
  void aSettingThatIsWrongIsAnErrorBeforeTraining() {
    ImageClassifier wrong =
        new ImageClassifier()
            .setInputCol("path")
            .setLabelCol("colour")
            .setOutput(folder + "/wrong")
            .setSettings("epohcs=3");
    assertThatThrownBy(() -> wrong.fit(images(LocalSpark.session())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("did you mean epochs?");
  }

  private ImageClassificationModel model() {
    LocalSpark.session();
    return (ImageClassificationModel) PipelineModel.load(saved).stages()[0];
  }
}
