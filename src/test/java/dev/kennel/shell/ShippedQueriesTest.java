package dev.kennel.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.LocalSpark;
import dev.kennel.config.UserError;
import dev.kennel.report.Views;
import dev.kennel.table.ExampleRows;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The queries of {@code conf/sql}, over two runs whose answers can be told by hand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShippedQueriesTest {

  private SparkSession spark;

  @BeforeAll
  void write(@TempDir Path output) {
    spark = LocalSpark.session().newSession();
    TableStore tables = new TableStore(spark, output.toString());
    SmallRun first =
        SmallRun.finished(
            tables,
            "first",
            1,
            "{\"seed\":1,\"epochs\":3,\"augmentation\":{\"flip\":true,\"hue\":0.0}}");
    // accuracy, loss
    first.epoch("resnet18", 1, 1500, new double[] {0.4, 1.5}, new double[] {0.5, 1});
    first.epoch("resnet18", 2, 1500, new double[] {0.75, 1}, new double[] {0.75, 0.5});
    first.epoch("resnet18", 3, 1500, new double[] {1, 0.5}, new double[] {0.625, 0.75});
    first.epoch("resfcn18", 1, 1800, new double[] {0.25, 2}, new double[] {0.25, 2});
    first.epoch("resfcn18", 2, 1800, new double[] {0.5, 1}, new double[] {0.375, 1.5});
    first.predictions(
        "resnet18",
        """
        a beagle beagle 0.875
        b beagle beagle 0.75
        c beagle boxer 0.75
        d boxer boxer 0.875
        e boxer boxer 0.75
        f boxer beagle 1.0""");
    first.predictions(
        "resfcn18",
        """
        a beagle boxer 0.5
        b beagle beagle 0.5
        c beagle boxer 0.5
        d boxer boxer 0.5
        e boxer beagle 0.5
        f boxer beagle 0.5""");
    first.confusion("resnet18", new int[][] {{6, 2}, {1, 7}});
    first.confusion("resfcn18", new int[][] {{2, 6}, {2, 6}});
    first.rejected("x.jpg 10 truncated\ny.jpg 30 truncated\nz.jpg 0 empty");
    SmallRun second =
        SmallRun.finished(
            tables,
            "second",
            2,
            "{\"seed\":2,\"epochs\":3,\"augmentation\":{\"flip\":true,\"hue\":0.5}}");
    second.epoch("resnet18", 1, 1000, new double[] {0.5, 1}, new double[] {0.875, 0.5});
    Views.register(tables);
  }

  private List<Row> rows(String query) {
    return spark.sql(Statement.of(ShippedQueries.read(query)).get(0).text()).collectAsList();
  }

  private String answer(String query) {
    return rows(query).stream().map(row -> row.mkString(" ")).collect(Collectors.joining("\n"));
  }

  @Test
  void theyAreWhatIsInTheirFolderEachAStatementThatBeginsWithItsQuestion() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("conf/sql"))) {
      assertThat(ShippedQueries.names())
          .containsExactlyElementsOf(
              files
                  .map(file -> file.getFileName().toString().replace(".sql", ""))
                  .sorted()
                  .toList());
    }
    for (String name : ShippedQueries.names()) {
      assertThat(ShippedQueries.question(name)).as(name).matches("[A-Z].*\\?");
      assertThat(ShippedQueries.read(name).lines().skip(1).findFirst())
          .get()
          .asString()
          .startsWith("-- ");
      assertThat(Statement.of(ShippedQueries.read(name))).as(name).hasSize(1);
    }
  }

  @Test
  void anUnknownNameIsAnErrorThatNamesTheNearest() {
    assertThatThrownBy(() -> ShippedQueries.read("confused-clases"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot run confused-clases: there is no such file, nor a query of that name: did you"
                + " mean confused-classes?");
  }

  @Test
  void aFileIsFoundByItsPath() {
    assertThat(ShippedQueries.read("conf/sql/repeats.sql"))
        .isEqualTo(ShippedQueries.read("repeats"));
  }

  @Test
  void theBestEpoch() {
    assertThat(answer("best-epoch"))
        .isEqualTo(
            """
            first resfcn18 2 0.375 2 0.375 0.0 null
            first resnet18 2 0.75 3 0.625 0.125 null
            second resnet18 1 0.875 1 0.875 0.0 null""");
  }

  @Test
  void imagesThatBothGotWrong() {
    // c and f; the mean losses are (1.75 + 1.5) / 2 and (2 + 1.5) / 2
    assertThat(answer("both-wrong"))
        .isEqualTo(
            """
            first f.jpg boxer 1.75 Map(resfcn18 -> beagle, resnet18 -> beagle)
            first c.jpg beagle 1.625 Map(resfcn18 -> boxer, resnet18 -> boxer)""");
  }

  @Test
  void calibrationByBin() {
    // 0.75 (b, c, e), 0.875 (a, d) and 1 (f), which belongs to the last bin
    assertThat(answer("calibration"))
        .isEqualTo(
            """
            first resfcn18 0.5 6 0.5 0.3333333333333333 0.16666666666666669
            first resnet18 0.7 3 0.75 0.6666666666666666 0.08333333333333337
            first resnet18 0.8 2 0.875 1.0 -0.125
            first resnet18 0.9 1 1.0 0.0 1.0""");
  }

  @Test
  void confidentMistakes() {
    assertThat(answer("confident-mistakes").lines().limit(3))
        .containsExactly(
            "first resnet18 f.jpg boxer beagle 1.0",
            "first resnet18 c.jpg beagle boxer 0.75",
            "first resfcn18 a.jpg beagle boxer 0.5");
  }

  @Test
  void confusedClassesInBothDirections() {
    assertThat(answer("confused-classes"))
        .isEqualTo(
            """
            first resfcn18 beagle boxer 8 6 2 0.5
            first resnet18 beagle boxer 3 2 1 0.1875""");
  }

  @Test
  void gainsOfConvolution() {
    assertThat(answer("convolution-gains"))
        .isEqualTo(
            """
            beagle 8 0.75 0.25 0.5
            boxer 8 0.875 0.75 0.125""");
  }

  @Test
  void settingsInWhichTheRunsDiffer() {
    assertThat(answer("different-settings"))
        .isEqualTo(
            """
            augmentation.hue 0.0 ArraySeq(first)
            augmentation.hue 0.5 ArraySeq(second)
            seed 1 ArraySeq(first)
            seed 2 ArraySeq(second)"""
                .replace("ArraySeq", rows("different-settings").get(0).getSeq(2).stringPrefix()));
  }

  @Test
  void whatAnHourBought() {
    // epochs of resnet18 end after 1500, 3000 and 4500 seconds, the last of resfcn18 after 3600
    assertThat(answer("hour-bought"))
        .isEqualTo(
            """
            first resfcn18 1 2 0.375 0.375
            first resnet18 1 2 0.75 0.75
            first resnet18 2 1 0.75 0.0
            second resnet18 1 1 0.875 0.875""");
  }

  @Test
  void theRightAnswersPlace() {
    // of two classes the second is right when the first is not
    assertThat(answer("near-misses"))
        .isEqualTo(
            """
            first resfcn18 1 2 0.3333333333333333
            first resfcn18 2 4 0.6666666666666666
            first resnet18 1 4 0.6666666666666666
            first resnet18 2 2 0.3333333333333333""");
  }

  @Test
  void overFitting() {
    assertThat(answer("over-fitting").lines().skip(2).limit(3))
        .containsExactly(
            "first resnet18 1 1.5 1.0 0.4 0.5 -0.09999999999999998 0.0",
            "first resnet18 2 1.0 0.5 0.75 0.75 0.0 0.0",
            "first resnet18 3 0.5 0.75 1.0 0.625 0.375 0.25");
  }

  @Test
  void theRealDifference() {
    // only resnet18 is right on a and e, both on b and d: p is twice one quarter
    Row row = rows("real-difference").get(0);
    assertThat(row.mkString(" ")).startsWith("first resfcn18 resnet18 6 2 0 2 -0.333");
    assertThat(row.<Double>getAs("p")).isCloseTo(0.5, within(1e-12));
  }

  /** The same examples as of the class that compares. */
  @Test
  void pIsTheSumOfBinomialTermsHoweverMany() {
    assertThat(mcNemar(5, 1)).isCloseTo(14.0 / 64, within(1e-12));
    assertThat(mcNemar(2, 2)).isEqualTo(1);
    assertThat(mcNemar(0, 0)).isEqualTo(1);
    assertThat(mcNemar(54, 6)).isCloseTo(9.722961671898567e-11, within(1e-20));
    // beyond the smallest double, the first terms are none
    assertThat(mcNemar(1000, 900)).isCloseTo(0.02310884510890107, within(1e-12));
  }

  private double mcNemar(int onlyA, int onlyB) {
    String sql = ShippedQueries.read("real-difference");
    String predictions =
        "with predictions as (select 'r' as run_id, 'test' as split, id as path, network, 1 as"
            + " label, if(network = 'a', int(id < %d), int(id >= %d)) as predicted_label"
                .formatted(onlyA, onlyA)
            + " from range(%d) cross join values ('a'), ('b') as n(network)), "
                .formatted(Math.max(1, onlyA + onlyB));
    String query = sql.substring(sql.indexOf("WITH ") + 5);
    List<Row> rows = spark.sql(predictions + query).collectAsList();
    return onlyA + onlyB == 0 ? 1 : rows.get(0).<Double>getAs("p");
  }

  @Test
  void rejectedImagesByReason() {
    assertThat(answer("rejected-images"))
        .isEqualTo(
            """
            first truncated 2 40 x.jpg the detail of x.jpg
            first empty 1 0 z.jpg the detail of z.jpg""");
  }

  @Test
  void repeatsOfANetwork() {
    // 0.625 and 0.875: the deviation is 0.25 / √2
    assertThat(answer("repeats"))
        .isEqualTo(
            """
            resnet18 2 2 0.75 0.1767766952966369 0.625 0.875
            resfcn18 1 1 0.375 null 0.375 0.375""");
  }

  @Test
  void whatMoreWorkersBring() {
    // 3000 images in 1500 seconds with one worker, in 1000 with two
    assertThat(answer("speed-by-workers"))
        .isEqualTo(
            """
            resfcn18 1 1 1.6666666666666667 1.0 1.0
            resnet18 1 1 2.0 1.0 1.0
            resnet18 2 1 3.0 1.5 0.75""");
  }

  @Test
  void whatASweepFoundToBeBest(@TempDir Path output) {
    SparkSession own = LocalSpark.session().newSession();
    TableStore tables = new TableStore(own, output.toString());
    trial(tables, "a", 0.25, 0, 2, 0.5, 0.25); // less accurate than b, at less loss
    trial(tables, "b", 0.5, 0, 2, 0.75, 0.5);
    trial(tables, "c", 0.25, 9, 2, 0.875, Double.NaN);
    trial(tables, "d", 0.5, 0, 6, 0.625, 0.75);
    SmallRun.finished(tables, "e", 1, "{\"name\":null}");
    Views.register(tables);
    String query = Statement.of(ShippedQueries.read("sweep-ranking")).get(0).text();
    assertThat(own.sql(query).collectAsList())
        .extracting(row -> row.mkString(" "))
        .containsExactly(
            "few resnet18 augmentation.randaugment.num-ops 0, momentum 0.5 6 0.625 0.75 1 20.0 d",
            "few resnet18 augmentation.randaugment.num-ops 0, momentum 0.5 2 0.75 0.5 3 20.0 b",
            "few resnet18 augmentation.randaugment.num-ops 0, momentum 0.25 2 0.5 0.25 2 20.0 a",
            "few resnet18 augmentation.randaugment.num-ops 9, momentum 0.25 2 0.875 NaN 4 20.0 c");
  }

  private static void trial(
      TableStore tables,
      String run,
      double momentum,
      int operations,
      int epoch,
      double accuracy,
      double loss) {
    String settings =
        "{\"name\":\"few\",\"momentum\":%s,\"epochs\":%d,\"augmentation\":{\"randaugment\":{\"num-ops\":%d}}}"
            .formatted(momentum, epoch, operations);
    SmallRun.finished(tables, run, 1, settings);
    tables.commit(
        Table.EPOCHS,
        run,
        "resnet18-" + epoch,
        List.of(
            ExampleRows.figures("resnet18", epoch, "train", 8, 1, 0.5, 20),
            ExampleRows.figures("resnet18", epoch, "validation", 8, loss, accuracy, 1)));
  }

  @Test
  void whereTheTimeGoes() {
    assertThat(answer("where-time-goes").lines().skip(1).limit(1))
        .containsExactly("first resnet18 1 3 4500.0 0.375 0.125 0.25 0.25 30.0");
  }
}
