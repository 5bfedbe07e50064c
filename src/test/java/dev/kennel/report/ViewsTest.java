package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.LocalSpark;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewsTest {

  private static final Offset<Double> EXACTLY = Offset.offset(1e-12);

  @TempDir Path output;
  private SparkSession spark;
  private TableStore tables;
  private ExampleTables example;

  @BeforeEach
  void open() {
    spark = LocalSpark.session().newSession();
    tables = new TableStore(spark, output.toString());
    example = new ExampleTables(tables);
  }

  private List<Row> query(String sql) {
    Views.register(tables);
    return spark.sql(sql).collectAsList();
  }

  private String answer(String sql) {
    return query(sql).stream().map(row -> row.mkString(" ")).collect(Collectors.joining("\n"));
  }

  @Test
  void viewsOfAnEmptyFolderHaveNoRowsAndEveryColumnHasAComment() {
    for (String view : Views.names()) {
      assertThat(query("select * from " + view)).as(view).isEmpty();
      for (StructField column : spark.table(view).schema().fields()) {
        assertThat(column.getComment().nonEmpty()).as(view + "." + column.name()).isTrue();
      }
    }
  }

  @Test
  void comparisonTellsWhatANetworkIsAfterItsLastEpochAndWhatAllEpochsCost() {
    example.run("first", "finished", 1);
    example.network("first", "resnet18", 11_000_000);
    example.epoch("first", "resnet18", 1, 7, 0.4);
    example.epoch("first", "resnet18", 2, 6, 0.5);

    assertThat(
            answer(
                "select status, seed, network, epochs, test_images, accuracy, loss, train_seconds,"
                    + " images_per_second, parameters, forward_flops_per_image from comparison"))
        .isEqualTo("finished 42 resnet18 2 8 0.75 0.5 8.0 8.0 11000000 1000");
    Row interval = query("select wilson_lower_95, wilson_upper_95 from comparison").get(0);
    // (0.75 + 1.96² / 16 ± 1.96 √(0.75 · 0.25 / 8 + 1.96² / 256)) / (1 + 1.96² / 8)
    assertThat(interval.getDouble(0)).isCloseTo(0.4092754, Offset.offset(1e-6));
    assertThat(interval.getDouble(1)).isCloseTo(0.9285208, Offset.offset(1e-6));
  }

  @Test
  void theCalibrationErrorIsTheMeanDistanceOfProbabilityAndAccuracy() {
    example.run("first", "finished", 1);
    example.epoch("first", "resnet18", 1, 3, 0.4);
    example.predictions("first", "resnet18", "test", "+++-");
    example.epoch("first", "customcnn", 1, 1, 0.4);
    example.predictions("first", "customcnn", "test", "+---");

    // each answer has a probability of 0.75: 3 of 4 are right, and 1 of 4
    List<Row> rows =
        query("select network, expected_calibration_error from comparison order by network");
    assertThat(rows.get(0).getDouble(1)).isCloseTo(0.5, EXACTLY);
    assertThat(rows.get(1).getDouble(1)).isCloseTo(0, EXACTLY);
  }

  @Test
  void aNetworkWithoutPredictionsHasNoCalibrationErrorYet() {
    example.run("first", "running", 1);
    example.epoch("first", "resnet18", 1, 3, 0.4);

    assertThat(answer("select network, expected_calibration_error from comparison"))
        .isEqualTo("resnet18 null");
  }

  @Test
  void aLearningCurveHasTrainAndTestSideBySideAndTheTimeSoFar() {
    example.epoch("first", "resnet18", 2, 6, 0.5);
    example.epoch("first", "resnet18", 1, 4, 0.9);
    example.epoch("first", "customcnn", 1, 2, 1.1);

    assertThat(
            answer(
                "select network, epoch, train_loss, validation_loss, test_loss, train_accuracy,"
                    + " test_accuracy, train_seconds, elapsed_seconds from learning_curve"))
        .isEqualTo(
            """
            customcnn 1 1.0 null 1.1 0.5 0.25 4.0 4.0
            resnet18 1 1.0 null 0.9 0.5 0.5 4.0 4.0
            resnet18 2 1.0 null 0.5 0.5 0.75 4.0 8.0""");
  }

  @Test
  void theHardestImagesAreThoseThatMostNetworksGotWrong() {
    example.predictions("first", "resnet18", "test", "+-");
    example.predictions("first", "customcnn", "test", "--");

    assertThat(
            answer("select path, networks, wrong, answers['resnet18'], loss from hardest_images"))
        .isEqualTo("dogs/1.jpg 2 2 boxer 0.3\ndogs/0.jpg 2 1 beagle 0.3");
  }

  @Test
  void confusedPairsLeaveOutRightAnswersAndPairsThatNeverOccurred() {
    example.confusion("first", "resnet18", new int[][] {{5, 1, 0}, {3, 7, 0}, {0, 2, 0}});

    assertThat(
            answer(
                "select actual_class, predicted_class, count, class_images, share"
                    + " from confused_pairs"))
        .isEqualTo(
            """
            class-1 class-0 3 10 0.3
            class-2 class-1 2 2 1.0
            class-0 class-1 1 6 0.16666666666666666""");
  }

  @Test
  void costTellsWhereTheTimeWentAndWhenTheBestEpochWasReached() {
    example.run("first", "finished", 1);
    example.network("first", "resnet18", 11_000_000);
    example.epoch("first", "resnet18", 1, 6, 0.4);
    example.epoch("first", "resnet18", 2, 7, 0.5);
    example.epoch("first", "resnet18", 3, 7, 0.5);
    example.rounds("first", "resnet18", 1, 2);

    // a round: 1.5 s of fit, of that 0.25 s of waiting, 0.5 s of averaging, 1000 bytes
    assertThat(
            answer(
                "select network, workers, epochs, train_images, train_seconds, test_seconds, rounds,"
                    + " fit_seconds, wait_seconds, averaging_seconds, bytes_exchanged,"
                    + " best_accuracy, best_epoch, seconds_to_best from cost"))
        .isEqualTo("resnet18 2 3 96 12.0 6.0 2 3.0 0.5 1.0 2000 0.875 2 8.0");
  }

  @Test
  void aViewMayHaveTheNameOfNoTable() {
    assertThat(Views.names())
        .doesNotContainAnyElementsOf(Arrays.stream(Table.values()).map(Table::tableName).toList());
  }
}
