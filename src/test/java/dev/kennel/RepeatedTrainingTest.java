package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.report.Comparison;
import dev.kennel.report.ReportFormat;
import dev.kennel.report.Selection;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepeatedTrainingTest {
  private final SparkSession spark = LocalSpark.session();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  @TempDir private Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    ColouredImages.write(folder.resolve("images"), 5, 32);
  }

  @Test
  void eachSeedIsARunOfItsOwnAndTheComparisonCountsThemTogether() throws IOException {
    List<String> runs = training(settings("output", "1,2")).run();

    TableStore tables = new TableStore(spark, folder.resolve("output").toString());
    assertThat(tables.read(Table.RUNS).orderBy("seed").collectAsList())
        .extracting(row -> row.getAs("run_id"), row -> row.getAs("seed"), row -> seed(row))
        .containsExactly(tuple(runs.get(0), 1L, "1"), tuple(runs.get(1), 2L, "2"));
    Comparison comparison = Comparison.of(tables, Selection.runs(runs));
    assertThat(comparison.candidates()).hasSize(1);
    assertThat(ReportFormat.TABLE.of(comparison))
        .containsPattern("network +runs +epochs")
        .containsPattern("customcnn +2 +1 ");
    assertThat(said())
        .containsOnlyOnce("Read them in")
        .containsOnlyOnce("The 15 images are read already");
  }

  private static String seed(Row run) {
    return run.<String>getAs("settings").replaceFirst(".*\"seed\":(\\d+).*", "$1");
  }

  @Test
  void whereOneFailsTheConsoleSaysWhatIsDoneAndHowToGoOn() throws IOException {
    Path blocked = Files.createDirectories(folder.resolve("blocked"));
    Files.writeString(blocked.resolve("models"), "a file where the models should be");
    Settings first = settings("output", "1").get(0);
    Settings second = settings("blocked", "2").get(0);
    Settings third = settings("output", "3").get(0);

    assertThatThrownBy(() -> training(List.of(first, second, third)).run())
        .hasMessageContaining("models");

    Row done = runs("output").first();
    Row failed = runs("blocked").first();
    assertThat(runs("output").count()).isEqualTo(1);
    assertThat(said())
        .contains(
            "Seeds that are done: 1 (%s)".formatted(done.<String>getAs("run_id")),
            "To go on with seed 2: train --resume %s --output %s"
                .formatted(failed.<String>getAs("run_id"), blocked),
            "Seeds that have not begun, for train with the same options but: --seeds 3");
  }

  private Dataset<Row> runs(String output) {
    return new TableStore(spark, folder.resolve(output).toString()).read(Table.RUNS);
  }

  private RepeatedTraining training(List<Settings> settings) {
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    return new RepeatedTraining(spark, settings, new Console(out, false));
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private List<Settings> settings(String output, String seeds) {
    return SettingsLoader.loadRuns(
        Optional.empty(),
        Map.of(
            "images",
            folder.resolve("images").toString(),
            "output",
            folder.resolve(output).toString(),
            "cache",
            folder.resolve("prepared").toString(),
            "networks",
            "customcnn",
            "epochs",
            1,
            "batch-size",
            8,
            "threads",
            1,
            "seeds",
            seeds),
        List.of());
  }
}
