package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.UserError;
import dev.kennel.model.ImageClassificationModel;
import dev.kennel.model.TrainedModel;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One real run on coloured images, whose tables the tests look at; and runs that fail. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainingJobTest {
  private static final int IMAGES_A_CLASS = 20;

  private final SparkSession spark = LocalSpark.session();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Path folder;
  private Path images;
  private String output;
  private String run;

  @BeforeAll
  void train(@TempDir Path temporary) throws IOException {
    folder = temporary;
    images = folder.resolve("images");
    output = folder.resolve("output").toString();
    ColouredImages.write(images, IMAGES_A_CLASS, 32);
    Files.writeString(images.resolve("red/notes.txt"), "not an image");
    run =
        new TrainingJob(
                spark,
                settings(images, output, "customcnn,resfcn18"),
                new Console(new PrintStream(said, true, StandardCharsets.UTF_8), false))
            .run();
    new TableStore(spark, output).registerViews();
  }

  @Test
  void theRunIsFinishedAndSaysWhatItWasTrainedOn() {
    Row row = one("select * from runs where run_id = '" + run + "'");
    assertThat(row.<String>getAs("status")).isEqualTo("finished");
    assertThat(row.<Long>getAs("images")).isEqualTo(60);
    assertThat(row.<Long>getAs("train_images")).isEqualTo(48);
    assertThat(row.<Long>getAs("test_images")).isEqualTo(12);
    assertThat(row.<Integer>getAs("classes")).isEqualTo(3);
    assertThat(row.<Integer>getAs("workers")).isEqualTo(2);
    assertThat(row.<String>getAs("settings")).contains("\"epochs\":2");
    assertThat(row.<String>getAs("spark_version")).startsWith("3.5");
  }

  @Test
  void aRunThatHasFinishedIsNotResumed() {
    Settings settings = settings(images, output, "customcnn,resfcn18");
    assertThatThrownBy(() -> new TrainingJob(spark, settings, quiet()).resume(run))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot resume " + run + ": it has finished");
  }

  @Test
  void noCheckpointsAreLeftOfARunThatHasFinished() {
    assertThat(Path.of(output, "checkpoints", run)).doesNotExist();
  }

  @Test
  void everyEpochHasARowForTrainAndOneForTest() {
    assertThat(
            spark
                .sql(
                    "select network, epoch, split, examples from epochs where run_id = '"
                        + run
                        + "' order by 1, 2, 3")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly(
            "[customcnn,1,test,12]",
            "[customcnn,1,train,48]",
            "[customcnn,2,test,12]",
            "[customcnn,2,train,48]",
            "[resfcn18,1,test,12]",
            "[resfcn18,1,train,48]",
            "[resfcn18,2,test,12]",
            "[resfcn18,2,train,48]");
  }

  @Test
  void theRoundsOfAnEpochTrainOnEachOfItsImagesOnce() {
    Row row =
        one(
            "select count(*) epochs, min(examples) least, max(examples) most, min(fit) fit from"
                + " (select sum(examples) examples, min(fit_seconds) fit from rounds where run_id"
                + " = '"
                + run
                + "' and workers = 2 group by network, epoch)");
    assertThat(row.<Long>getAs("epochs")).isEqualTo(4);
    assertThat(row.<Long>getAs("least")).isEqualTo(48);
    assertThat(row.<Long>getAs("most")).isEqualTo(48);
    assertThat(row.<Double>getAs("fit")).isPositive();
  }

  @Test
  void theLastTestRowIsWhatThePredictionsSay() {
    String differences =
        """
        with computed as (
          select network, count(*) examples, avg(loss) loss,
                 avg(case when predicted_label = label then 1.0D else 0.0D end) accuracy,
                 avg(case when array_contains(top5_labels, label) then 1.0D else 0.0D end) top5
          from predictions where run_id = '%1$s' and split = 'test' group by network)
        select count(*) networks,
               max(abs(e.examples - c.examples)) + max(abs(e.loss - c.loss))
               + max(abs(e.accuracy - c.accuracy)) + max(abs(e.top5_accuracy - c.top5)) difference
        from epochs e join computed c on e.network = c.network
        where e.run_id = '%1$s' and e.split = 'test' and e.epoch = 2
        """;
    Row row = one(differences.formatted(run));
    assertThat(row.getLong(0)).isEqualTo(2);
    assertThat(row.getDouble(1)).isLessThan(1e-12);
  }

  @Test
  void classMetricsAreWhatThePredictionsSay() {
    String differences =
        """
        with answers as (select * from predictions where run_id = '%1$s' and split = 'test'),
        computed as (
          select m.network, m.label, m.precision, m.recall, m.f1, m.support,
            (select count(*) from answers a
              where a.network = m.network and a.label = m.label) n,
            (select count(*) from answers a
              where a.network = m.network and a.predicted_label = m.label) predicted,
            (select count(*) from answers a
              where a.network = m.network and a.label = m.label
                and a.predicted_label = m.label) found
          from class_metrics m where m.run_id = '%1$s')
        select count(*),
          sum(abs(support - n)),
          sum(abs(precision - if(predicted = 0, 0D, found / predicted))),
          sum(abs(recall - found / n)),
          sum(abs(f1 - if(found = 0, 0D, 2 * found / (n + predicted))))
        from computed
        """;
    Row row = one(differences.formatted(run));
    assertThat(row.getLong(0)).isEqualTo(2 * 3);
    assertThat(row.getLong(1)).isZero();
    assertThat(row.getDouble(2)).isLessThan(1e-12);
    assertThat(row.getDouble(3)).isLessThan(1e-12);
    assertThat(row.getDouble(4)).isLessThan(1e-12);
  }

  @Test
  void macroF1IsTheMeanOfTheClassMetrics() {
    Row row =
        one(
            """
            select max(abs(e.macro_f1 - m.f1)), count(*) from epochs e
            join (select network, avg(f1) f1 from class_metrics where run_id = '%1$s'
                  group by network) m on e.network = m.network
            where e.run_id = '%1$s' and e.split = 'test' and e.epoch = 2
            """
                .formatted(run));
    assertThat(row.getDouble(0)).isLessThan(1e-12);
    assertThat(row.getLong(1)).isEqualTo(2);
  }

  @Test
  void confusionCountsThePredictions() {
    Row row =
        one(
            """
            select sum(abs(c.count - coalesce(p.n, 0))), count(*), sum(c.count) from confusion c
            left join (select network, label, predicted_label, count(*) n from predictions
                       where run_id = '%1$s' group by 1, 2, 3) p
            on c.network = p.network and c.actual_label = p.label
               and c.predicted_label = p.predicted_label
            where c.run_id = '%1$s'
            """
                .formatted(run));
    assertThat(row.getLong(0)).isZero();
    assertThat(row.getLong(1)).isEqualTo(2 * 9);
    assertThat(row.getLong(2)).isEqualTo(2 * 12);
  }

  @Test
  void theFileThatIsNoImageHasARowThatSaysWhy() {
    Row row =
        one("select path, bytes, reason, detail from rejected_images where run_id = '" + run + "'");
    assertThat(row.getString(0)).endsWith("/red/notes.txt");
    assertThat(row.getLong(1)).isEqualTo(12);
    assertThat(row.getString(2)).isEqualTo("not an image");
    assertThat(row.getString(3)).isNotBlank();
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("Rejected 1 file: 1 not an image");
  }

  @Test
  void networksHoldsTheirSizes() {
    Row row =
        one(
            "select parameters, input_size, parameter_bytes from networks where network = 'customcnn'");
    assertThat(row.getLong(0)).isEqualTo(1_702_659); // 1,732,728 less 257 · 117 of the classifier
    assertThat(row.getInt(1)).isEqualTo(32);
    assertThat(row.getLong(2)).isEqualTo(4 * (1_702_659 + 1_984));
  }

  @Test
  void eachNetworkIsSavedAndLoadsAgain() {
    TrainedModel model =
        TrainedModel.load(new Configuration(), output + "/models/" + run + "/customcnn");
    assertThat(model.description().classNames()).containsExactly("blue", "green", "red");
    assertThat(model.description().imageSize()).isEqualTo(32);
    assertThat(model.network().numParams()).isEqualTo(1_702_659 + 1_984);
  }

  @Test
  void theSameImageOnBothSidesFailsTheRunAndLeavesNoRowOfATraining() throws IOException {
    Path train = folder.resolve("leak/train");
    Path test = folder.resolve("leak/test");
    ColouredImages.write(train, 5, 16);
    ColouredImages.write(test, 2, 16); // the same first two images of each class
    String leaking = folder.resolve("leak/output").toString();
    Settings settings =
        SettingsLoader.load(
            Optional.empty(),
            Map.of(
                "train-images", train.toString(),
                "test-images", test.toString(),
                "output", leaking),
            List.of());
    assertThatThrownBy(() -> new TrainingJob(spark, settings, quiet()).run())
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot test on " + test + ": 6 images are in " + train + " too")
        .hasMessageContaining(test + "/blue/000.png = " + train + "/blue/000.png");
    TableStore store = new TableStore(spark, leaking);
    Row row = store.read(Table.RUNS).first();
    assertThat(row.<String>getAs("status")).isEqualTo("failed");
    assertThat(row.<String>getAs("failure")).startsWith("Cannot test on");
    for (Table table : Table.values()) {
      if (table != Table.RUNS) {
        assertThat(store.read(table).count()).as(table.tableName()).isZero();
      }
    }
  }

  @Test
  void aRunThatFailsForItsRejectedImagesHasARowForEach() throws IOException {
    Path broken = folder.resolve("broken/images");
    ColouredImages.write(broken, 3, 16);
    Files.writeString(broken.resolve("red/a.jpg"), "no image");
    Files.createFile(broken.resolve("blue/b.jpg"));
    String failing = folder.resolve("broken/output").toString();
    Settings settings = settings(broken, failing, "customcnn");
    assertThatThrownBy(() -> new TrainingJob(spark, settings, quiet()).run())
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot train: 2 of 11 files");
    assertThat(
            new TableStore(spark, failing)
                .read(Table.REJECTED_IMAGES)
                .select("path", "reason")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactlyInAnyOrder(
            "[" + broken + "/red/a.jpg,not an image]", "[" + broken + "/blue/b.jpg,empty]");
  }

  @Test
  void imagesForValidationAreMeasuredAfterEachEpochAndPredictedAfterTheLast() throws IOException {
    String validated = folder.resolve("validated").toString();
    Settings settings = settings(images, validated, "customcnn", "validation-fraction=0.25");
    new TrainingJob(spark, settings, quiet()).run();
    TableStore store = new TableStore(spark, validated);
    Row run = store.read(Table.RUNS).first();
    assertThat(run.<Long>getAs("train_images")).isEqualTo(36);
    assertThat(run.<Long>getAs("validation_images")).isEqualTo(12); // a quarter of 16 a class
    assertThat(run.<Long>getAs("test_images")).isEqualTo(12);
    assertThat(
            store
                .read(Table.EPOCHS)
                .where("split = 'validation'")
                .select("epoch", "examples")
                .orderBy("epoch")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[1,12]", "[2,12]");
    assertThat(store.read(Table.PREDICTIONS).where("split = 'validation'").count()).isEqualTo(12);
    assertThat(store.read(Table.CLASS_METRICS).where("split = 'validation'").count()).isEqualTo(3);
    assertThat(store.read(Table.CONFUSION).where("split = 'validation'").count()).isEqualTo(9);
  }

  /**
   * No accuracy is better by 2 than another: each training has the patience of the first epochs.
   */
  @Test
  void aTrainingThatDoesNotGetBetterEndsEarlyWithItsMovingAverageAsTheModel() throws IOException {
    String stopped = folder.resolve("stopped").toString();
    Settings settings =
        settings(
            images,
            stopped,
            "customcnn",
            "epochs=9",
            "validation-fraction=0.25",
            "early-stopping.patience=2",
            "early-stopping.min-delta=2",
            "model-ema=true");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String id =
        new TrainingJob(
                spark,
                settings,
                new Console(new PrintStream(out, true, StandardCharsets.UTF_8), false))
            .run();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(
            "customcnn ends with epoch 3: its validation accuracy has not been better than that of"
                + " epoch 1 for 2 epochs");
    TableStore store = new TableStore(spark, stopped);
    assertThat(
            store
                .read(Table.EPOCHS)
                .where("epoch = 3")
                .select("epoch", "split", "examples")
                .orderBy("split")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly(
            "[3,test,12]",
            "[3,test-raw,12]",
            "[3,train,36]",
            "[3,validation,12]",
            "[3,validation-raw,12]");
    assertThat(store.read(Table.EPOCHS).where("epoch > 3").count()).isZero();
    assertThat(store.read(Table.PREDICTIONS).where("split = 'test'").count()).isEqualTo(12);
    assertThat(store.read(Table.PREDICTIONS).count()).isEqualTo(24);
    TrainedModel model =
        TrainedModel.load(new Configuration(), RunTables.model(stopped, id, "customcnn"));
    assertThat(model.description().epochs()).isEqualTo(3);
    assertThat(store.read(Table.EPOCHS).where("epoch = 3 and split like 'test%'").collectAsList())
        .extracting(row -> row.<Double>getAs("loss"))
        .as("the moving average and the parameters themselves")
        .doesNotHaveDuplicates();
    assertAnswersOfTheSavedModel(
        store.read(Table.PREDICTIONS).where("split = 'test'"),
        RunTables.model(stopped, id, "customcnn"));
  }

  /** That the saved model gives the probabilities that are in the table of predictions. */
  private List<Row> assertAnswersOfTheSavedModel(Dataset<Row> predictions, String model) {
    List<Row> rows =
        ImageClassificationModel.ofFolder(spark, model)
            .setInputCol("path")
            .setProbabilityCol("answered")
            .transform(predictions.select("path", "predicted_label", "probability"))
            .orderBy("path")
            .collectAsList();
    assertThat(rows)
        .isNotEmpty()
        .allSatisfy(
            row ->
                assertThat(row.<Vector>getAs("answered").apply(row.getAs("predicted_label")))
                    .as("normalization folded into convolutions, which rounds otherwise")
                    .isCloseTo(row.<Double>getAs("probability"), within(1e-5)));
    return rows;
  }

  /** Two classes of images, the mirror images of each other, of grey values of their own. */
  @Test
  void withTheTestFlipAnImageIsAnsweredAsItsMirrorImageIsInTestingAndByTheSavedModel()
      throws IOException {
    Path halves = folder.resolve("halves");
    for (int i = 0; i < 16; i++) {
      String side = i % 2 == 0 ? "left" : "right";
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB); // black
      Graphics2D half = image.createGraphics();
      half.setColor(new Color(0x010101 * (200 + i / 2)));
      half.fillRect(i % 2 * 16, 0, 16, 32);
      Path file = Files.createDirectories(halves.resolve(side)).resolve(i / 2 + ".png");
      ImageIO.write(image, "png", file.toFile());
    }
    Path test = folder.resolve("halves-test.txt");
    Files.write(test, List.of("left/0.png", "left/1.png", "right/0.png", "right/1.png"));
    Path train = folder.resolve("halves-train.txt");
    Files.write(
        train,
        IntStream.range(2, 8)
            .boxed()
            .flatMap(i -> Stream.of("left/" + i + ".png", "right/" + i + ".png"))
            .toList());
    String flipped = folder.resolve("flipped").toString();
    Settings settings =
        settings(
            halves,
            flipped,
            "customcnn",
            "epochs=1",
            "batch-size=2",
            "workers=1",
            "augmentation.flip=false",
            "train-list=" + train,
            "test-list=" + test,
            "test-flip=true");
    String id = new TrainingJob(spark, settings, quiet()).run();
    List<Row> rows =
        assertAnswersOfTheSavedModel(
            new TableStore(spark, flipped).read(Table.PREDICTIONS),
            RunTables.model(flipped, id, "customcnn"));
    assertThat(rows).hasSize(4);
    for (int i = 0; i < 2; i++) {
      double left = rows.get(i).getAs("probability");
      assertThat(rows.get(2 + i).<Double>getAs("probability")).isCloseTo(left, within(1e-6));
    }
  }

  @Test
  void aTrainingWhoseLossIsNoNumberEndsThereAndItsRowsSaySo() throws IOException {
    String diverged = folder.resolve("diverged").toString();
    Settings settings =
        settings(
            images,
            diverged,
            "customcnn",
            "epochs=9",
            "batch-size=4",
            "learning-rate=100",
            "weight-decay=0.9",
            "schedule.name=constant"); // a step: times -89, and more
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new TrainingJob(
            spark, settings, new Console(new PrintStream(out, true, StandardCharsets.UTF_8), false))
        .run();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .containsPattern("customcnn ends with epoch [1-8]: its loss is no number any more");
    assertThat(
            new TableStore(spark, diverged)
                .read(Table.EPOCHS)
                .where("isnan(loss)")
                .select("split")
                .orderBy("split")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[test]", "[train]"); // of one epoch
  }

  @Test
  void stoppingEarlyWithoutImagesForValidationIsTheUsersMistake() {
    Settings settings =
        SettingsLoader.load(
            Optional.empty(),
            Map.of("images", images.toString(), "output", folder.resolve("none").toString()),
            List.of("early-stopping.patience=2"));
    assertThatThrownBy(() -> new TrainingJob(spark, settings, quiet()).run())
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot stop early: there are no images for validation");
  }

  @Test
  void aRunIsNotResumedWithOtherImagesAndSaysWhichHaveChanged() throws IOException {
    Path dogs = folder.resolve("changing/images");
    ColouredImages.write(dogs, 5, 16);
    Path changing = Files.createDirectories(folder.resolve("changing/output"));
    Files.writeString(changing.resolve("models"), "a file where the models should be");
    Settings settings = settings(dogs, changing.toString(), "customcnn");
    assertThatThrownBy(() -> new TrainingJob(spark, settings, quiet()).run())
        .hasMessageContaining("models");
    String failed =
        new TableStore(spark, changing.toString()).read(Table.RUNS).first().getAs("run_id");
    byte[] before = Files.readAllBytes(dogs.resolve("red/000.png"));
    Files.copy(
        dogs.resolve("blue/000.png"),
        dogs.resolve("red/000.png"),
        StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> new TrainingJob(spark, settings, quiet()).resume(failed))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot resume %s: its images are not what they were, 1 of them:".formatted(failed)
                + " %s/red/000.png has changed; bring them back".formatted(dogs));

    Files.write(dogs.resolve("red/000.png"), before);
    Files.delete(changing.resolve("models"));
    assertThat(new TrainingJob(spark, settings, quiet()).resume(failed)).isEqualTo(failed);
  }

  @Test
  void anOutputThatCannotBeWrittenIsTheUsersMistake() throws IOException {
    Path file = Files.writeString(folder.resolve("taken"), "a file where a folder should be");
    Settings settings = settings(images, file.toString(), "customcnn");
    assertThatThrownBy(() -> new TrainingJob(spark, settings, quiet()).run())
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot write to " + file);
  }

  @Test
  void twoRunsIntoOneFolderDoNotDisturbEachOther() throws Exception {
    String shared = folder.resolve("shared").toString();
    ExecutorService drivers = Executors.newFixedThreadPool(2);
    try {
      Future<String> first =
          drivers.submit(
              () -> new TrainingJob(spark, settings(images, shared, "customcnn"), quiet()).run());
      Future<String> second =
          drivers.submit(
              () -> new TrainingJob(spark, settings(images, shared, "customcnn"), quiet()).run());
      assertThat(first.get()).isNotEqualTo(second.get());
    } finally {
      drivers.shutdownNow();
    }
    TableStore store = new TableStore(spark, shared);
    assertThat(store.read(Table.RUNS).where("status = 'finished'").count()).isEqualTo(2);
    assertThat(store.read(Table.EPOCHS).count()).isEqualTo(2 * 2 * 2);
    // Same seed, same images: the two runs predict the same.
    assertThat(
            store
                .read(Table.PREDICTIONS)
                .groupBy("path")
                .agg(org.apache.spark.sql.functions.countDistinct("predicted_label").alias("n"))
                .where("n > 1")
                .count())
        .isZero();
  }

  private Row one(String query) {
    List<Row> rows = spark.sql(query).collectAsList();
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private static Console quiet() {
    return new Console(
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false);
  }

  private static Settings settings(
      Path images, String output, String networks, String... assignments) {
    return SettingsLoader.load(
        Optional.empty(),
        Map.of(
            "images", images.toString(),
            "output", output,
            "networks", networks,
            "image-size", 32,
            "epochs", 2,
            "batch-size", 8,
            "threads", 1),
        List.of(assignments));
  }
}
