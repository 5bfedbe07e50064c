package dev.kennel.sweep;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.ColouredImages;
import dev.kennel.Console;
import dev.kennel.LocalSpark;
import dev.kennel.config.SweepLoader;
import dev.kennel.config.SweepMeasure;
import dev.kennel.config.SweepPlan;
import dev.kennel.config.UserError;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep of four candidates in two rounds, over coloured images. */
class SweepTest {
  private final SparkSession spark = LocalSpark.session();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  @TempDir private Path folder;

  @Test
  void theBetterHalfIsTrainedAnewAndWhatIsThereIsNotTrainedAgain() throws IOException {
    ColouredImages.write(folder.resolve("images"), 8, 32);
    Path output = Files.createDirectories(folder.resolve("output"));
    Path models = Files.writeString(output.resolve("models"), "a file where models should be");
    SweepPlan plan =
        plan(
            """
            validation-fraction = 0.4
            sweep {
              epochs = [1, 2]
              factor = 2
              measure = loss
              settings {
                learning-rate = [1e-6, 0.02]
                augmentation.flip = [false]
              }
              candidates = [{ learning-rate = 100 }, { learning-rate = 0.01 }]
            }
            """);

    // The first training fails when it saves its model, and is gone on with.
    assertThatThrownBy(() -> sweep(plan)).hasMessageContaining("models");
    assertThat(said()).contains("Sweep few has finished 0 of 6 trainings");
    String interrupted = runs().get(0).getAs("run_id");
    Files.delete(models);
    Ranking ranking = sweep(plan).get(0);

    assertThat(runs()).hasSize(6).extracting(run -> run.getAs("status")).containsOnly("finished");
    assertThat(runs()).extracting(run -> run.<String>getAs("run_id")).contains(interrupted);
    assertThat(ranking.trials()).extracting(Trial::epochs).containsExactly(2, 2, 1, 1);
    assertThat(ranking.trials().subList(0, 2)).isSortedAccordingTo(SweepMeasure.LOSS.bestFirst());
    assertThat(ranking.trials().subList(2, 4)).isSortedAccordingTo(SweepMeasure.LOSS.bestFirst());
    assertThat(ranking.trials().get(3).candidate().text())
        .isEqualTo("augmentation.flip true, learning-rate 100"); // whose loss is many times theirs
    assertThat(ranking.table())
        .contains("2  augmentation.flip false, learning-rate 0.02 ")
        .contains(ranking.trials().get(0).runId());
    Trial winner = ranking.winner().orElseThrow();
    Row last = epoch(winner.runId(), "validation");
    assertThat(last.<Integer>getAs("epoch")).isEqualTo(2);
    assertThat(last.<Double>getAs("accuracy")).isEqualTo(winner.accuracy());
    assertThat(last.<Double>getAs("loss")).isEqualTo(winner.loss());
    assertThat(epoch(winner.runId(), "test").<Double>getAs("accuracy"))
        .isEqualTo(winner.testAccuracy());

    // Begun once more, it has nothing to do.
    assertThat(sweep(plan).get(0).table()).isEqualTo(ranking.table());
    assertThat(runs()).hasSize(6);
    assertThat(said()).contains("It is trained already: run " + winner.runId());
  }

  @Test
  void aManifestWithoutImagesForValidationIsRefusedBeforeAnyTraining() throws IOException {
    ColouredImages.write(folder.resolve("images"), 2, 32);
    StringBuilder csv = new StringBuilder("path,label,split\n");
    for (String colour : List.of("red", "green", "blue")) {
      csv.append(
          "images/%1$s/000.png,%1$s,train\nimages/%1$s/001.png,%1$s,test\n".formatted(colour));
    }
    Path manifest = Files.writeString(folder.resolve("images.csv"), csv);
    SweepPlan plan =
        load(
            "sweep.settings.momentum = [0, 0.9]",
            Map.of("manifest", manifest.toString(), "networks", "customcnn"));
    assertThatThrownBy(() -> sweep(plan))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot sweep without images for validation");
    assertThat(runs()).isEmpty();
  }

  private SweepPlan plan(String text) throws IOException {
    return load(
        text,
        Map.of(
            "images",
            folder.resolve("images").toString(),
            "networks",
            "customcnn",
            "batch-size",
            4,
            "threads",
            1));
  }

  private SweepPlan load(String text, Map<String, Object> options) throws IOException {
    Path file = Files.writeString(folder.resolve("few.conf"), text);
    Map<String, Object> all = new HashMap<>(options);
    all.put("output", folder.resolve("output").toString());
    return SweepLoader.load(file.toString(), Optional.empty(), all, List.of());
  }

  private List<Ranking> sweep(SweepPlan plan) throws IOException {
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    return new Sweep(spark, plan, new Console(out, false)).run();
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private List<Row> runs() {
    return tables().read(Table.RUNS).collectAsList();
  }

  private Row epoch(String run, String split) {
    return tables()
        .read(Table.EPOCHS, Set.of(run))
        .where("split = '" + split + "'")
        .orderBy(col("epoch").desc())
        .first();
  }

  private TableStore tables() {
    return new TableStore(spark, folder.resolve("output").toString());
  }
}
