package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import dev.kennel.tracking.EventFile;
import dev.kennel.tracking.RecordingMlflow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small trainings whose rows are copied to TensorBoard's files and to MLflow. */
class TrackedTrainingTest {
  private static final String[] EPOCHS_FIGURES = {
    "accuracy/test", "accuracy/train", "examples/test", "examples/train", "images_per_second/test",
    "images_per_second/train", "learning_rate", "loss/test", "loss/train", "macro_f1/test",
    "macro_f1/train", "seconds/test", "seconds/train", "top5_accuracy/test", "top5_accuracy/train"
  };

  private final SparkSession spark = LocalSpark.session();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Path images;
  private Path output;
  private Path tensorboard;

  @BeforeEach
  void paint(@TempDir Path folder) throws IOException {
    images = folder.resolve("images");
    output = Files.createDirectories(folder.resolve("output"));
    tensorboard = folder.resolve("tensorboard");
    ColouredImages.write(images, 5, 32);
  }

  @Test
  void theRowsOfEachEpochAreInBothPlaces() throws IOException {
    try (RecordingMlflow mlflow = new RecordingMlflow()) {
      String address = mlflow.uri().toString().replace("//", "//ann:secret@");
      String run = job(settings(address)).run();

      List<String> scalars = EventFile.scalars(tensorboard.resolve(run + "-customcnn"));
      assertThat(scalars).extracting(line -> line.split(" ", -1)[1]).contains(EPOCHS_FIGURES);
      assertThat(scalars).hasSize(2 * EPOCHS_FIGURES.length);
      Row row = row("epoch = 2 and split = 'test'");
      assertThat(scalars).contains("2 loss/test " + row.<Double>getAs("loss").floatValue());
      assertThat(scalars).contains("2 examples/test 3.0");

      assertThat(mlflow.runs()).hasSize(1);
      RecordingMlflow.Run told = mlflow.runs().get(0);
      assertThat(told.name()).isEqualTo("customcnn-" + run);
      assertThat(told.status()).isEqualTo("FINISHED");
      assertThat(told.metrics()).hasSize(2 * EPOCHS_FIGURES.length);
      assertThat(told.metrics()).contains("2 loss/test " + row.<Double>getAs("loss"));
      assertThat(told.params())
          .containsEntry("epochs", "2")
          .containsEntry("augmentation.shift", "0.1")
          .containsEntry("tracking.mlflow", mlflow.uri().toString());
      assertThat(told.tags())
          .containsEntry("kennel.run_id", run)
          .containsEntry("kennel.seed", "0")
          .containsKey("kennel.git_commit");
      assertThat(said())
          .contains("Logging to TensorBoard in " + tensorboard)
          .contains("Logging to MLflow at " + mlflow.uri());
    }
    assertThat(said()).doesNotContain("secret", "Cannot");
    assertThat(new TableStore(spark, output.toString()).read(Table.RUNS).first().toString())
        .doesNotContain("secret");
  }

  @Test
  void aRunThatGoesOnGoesOnInTheSamePlacesAndFillsWhatTheyLack() throws IOException {
    Path models = Files.writeString(output.resolve("models"), "a file where a folder should be");
    Path store = output.resolve("mlruns");
    Settings settings = settings(store.toString());
    assertThatThrownBy(() -> job(settings).run()).hasMessageContaining("models");
    Path meta = onlyRun(store).resolve("meta.yaml");
    assertThat(meta).content().contains("status: 4");
    String run = row("epoch = 1 and split = 'test'").getAs("run_id");
    Path events = tensorboard.resolve(run + "-customcnn");
    assertThat(EventFile.scalars(events)).hasSize(2 * EPOCHS_FIGURES.length);
    // as if the second epoch had not arrived
    Path loss = onlyRun(store).resolve("metrics/loss/test");
    List<String> lines = Files.readAllLines(loss);
    Files.write(loss, lines.subList(0, 1));

    Files.delete(models);
    job(SettingsLoader.restore(settings.json(), output.toString())).resume(run);

    assertThat(EventFile.scalars(events)).hasSize(2 * EPOCHS_FIGURES.length);
    assertThat(Files.readAllLines(loss))
        .hasSize(2)
        .last()
        .asString()
        .endsWith(lines.get(1).substring(lines.get(1).indexOf(' ')));
    assertThat(onlyRun(store).resolve("metrics/loss/train")).content().hasLineCount(2);
    assertThat(meta).content().contains("status: 3");
  }

  @Test
  void aPlaceThatCannotBeReachedDoesNotFailTheRunAndIsToldOf() throws IOException {
    tensorboard = Files.writeString(output.resolve("taken"), "a file where a folder should be");

    String run = job(settings("http://127.0.0.1:1")).run();

    assertThat(new TableStore(spark, output.toString()).read(Table.EPOCHS).count()).isEqualTo(4);
    assertThat(output.resolve("models").resolve(run)).isDirectory();
    assertThat(said())
        .containsOnlyOnce("Cannot log to TensorBoard in " + tensorboard)
        .containsOnlyOnce("Cannot log to MLflow at http://127.0.0.1:1: no server answers there")
        .contains("Gave up logging to MLflow at http://127.0.0.1:1");
  }

  private Row row(String condition) {
    List<Row> rows =
        new TableStore(spark, output.toString())
            .read(Table.EPOCHS)
            .where(condition)
            .collectAsList();
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private static Path onlyRun(Path store) throws IOException {
    try (Stream<Path> folders = Files.walk(store, 2)) {
      List<Path> runs = folders.filter(path -> Files.isDirectory(path.resolve("params"))).toList();
      assertThat(runs).hasSize(1);
      return runs.get(0);
    }
  }

  private TrainingJob job(Settings settings) {
    return new TrainingJob(
        spark, settings, new Console(new PrintStream(said, true, StandardCharsets.UTF_8), false));
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private Settings settings(String mlflow) {
    return SettingsLoader.load(
        Optional.empty(),
        Map.of(
            "images",
            images.toString(),
            "output",
            output.toString(),
            "networks",
            "customcnn",
            "epochs",
            2,
            "batch-size",
            4,
            "threads",
            1,
            "tracking.tensorboard",
            tensorboard.toString(),
            "tracking.mlflow",
            mlflow),
        List.of());
  }
}
