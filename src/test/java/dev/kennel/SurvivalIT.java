package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.model.TrainedModel;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import dev.kennel.training.ArithmeticPlugin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors that are killed, in a cluster of two. However that goes, the run ends as one that was
 * not disturbed. It has three epochs of two rounds each, with a checkpoint after each epoch, and a
 * state of four vectors: parameters, their moving average, and AdamW's two means.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SurvivalIT {
  private SparkSession spark;
  private Path folder;
  private Path images;
  private Outcome undisturbed;

  /** What a run left, and what it said. */
  private record Outcome(float[] parameters, List<String> epochs, Set<String> predictions) {}

  /**
   * Kills executors when a task of a fit, or of an averaging, has begun: the {@code n}th of them.
   */
  private static final class Killer extends SparkListener {
    private final boolean whileFitting;
    private final int n;
    private final boolean all;
    private final Set<Integer> stages = new HashSet<>();
    private final CompletableFuture<Integer> killed = new CompletableFuture<>();
    private int begun;

    Killer(boolean whileFitting, int n, boolean all) {
      this.whileFitting = whileFitting;
      this.n = n;
      this.all = all;
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted event) {
      boolean isFit = event.stageInfo().shuffleDepId().isDefined();
      if (event.stageInfo().name().contains("SlicedAveraging") && isFit == whileFitting) {
        begun++;
        if (begun == n) {
          stages.add(event.stageInfo().stageId());
        }
      }
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart event) {
      if (stages.contains(event.stageId()) && !killed.isDone()) {
        List<ProcessHandle> found =
            executors(all ? "" : " --executor-id " + event.taskInfo().executorId() + " ");
        found.forEach(ProcessHandle::destroyForcibly);
        killed.complete(found.size());
      }
    }

    private static List<ProcessHandle> executors(String which) {
      return ProcessHandle.current()
          .descendants()
          .filter(
              process -> {
                String line = process.info().commandLine().orElse("") + " ";
                return line.contains("CoarseGrainedExecutorBackend") && line.contains(which);
              })
          .toList();
    }
  }

  @BeforeAll
  void train(@TempDir Path temporary) throws IOException {
    folder = temporary;
    images = folder.resolve("images");
    ColouredImages.write(images, 12, 32);
    Properties settings = new Properties();
    try (Reader file = Files.newBufferedReader(Path.of("conf/spark-defaults.conf"))) {
      settings.load(file);
    }
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local-cluster[2,1,1024]")
            .appName("survival")
            .config("spark.ui.enabled", false)
            .config("spark.log.level", "WARN")
            .config(
                "spark.executor.extraClassPath",
                Path.of("target/kennel.jar").toAbsolutePath().toString())
            .config("spark.executor.memory", "600m")
            .config("spark.plugins", ArithmeticPlugin.class.getName())
            .config("spark.memory.offHeap.enabled", true)
            .config("spark.memory.offHeap.size", "600m")
            .config("spark.sql.warehouse.dir", "target/spark-warehouse");
    settings.stringPropertyNames().stream()
        .filter(key -> key.startsWith("spark.executor") && !key.equals("spark.executor.memory"))
        .forEach(key -> builder.config(key, settings.getProperty(key)));
    LocalSpark.end();
    spark = builder.getOrCreate();
    undisturbed = outcome("undisturbed", new ByteArrayOutputStream());
  }

  @AfterAll
  void end() {
    spark.stop();
  }

  @Test
  void anExecutorKilledWhileItFitsAndLaterOneWhileItAverages() throws Exception {
    // The second round of the second epoch both times: after the first loss it is the fifth that
    // comes to averaging.
    String said = endsAlike("one", new Killer(true, 4, false), new Killer(false, 5, false));
    assertThat(said.split("Lost executors", -1)).hasSize(1 + 2);
  }

  @Test
  void allExecutorsKilledInTheMiddleOfARound() throws Exception {
    endsAlike("all", new Killer(true, 4, true));
  }

  private String endsAlike(String name, Killer... killers) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    List.of(killers).forEach(spark.sparkContext()::addSparkListener);
    Outcome outcome;
    try {
      outcome = outcome(name, said);
    } finally {
      List.of(killers).forEach(spark.sparkContext()::removeSparkListener);
    }
    for (Killer killer : killers) {
      assertThat(killer.killed).isCompletedWithValue(killer.all ? 2 : 1);
    }
    String told = said.toString(StandardCharsets.UTF_8);
    assertThat(told).contains("Lost executors", "it goes on from its checkpoint: epoch 2, round 1");
    assertThat(outcome.parameters()).isEqualTo(undisturbed.parameters()); // bit for bit
    assertThat(outcome.epochs()).isEqualTo(undisturbed.epochs());
    assertThat(outcome.predictions()).isEqualTo(undisturbed.predictions());
    return told;
  }

  private Outcome outcome(String name, ByteArrayOutputStream said) throws IOException {
    String output = folder.resolve(name).toString();
    Console console = new Console(new PrintStream(said, true, StandardCharsets.UTF_8), false);
    String run = new TrainingJob(spark, settings(output), console).run();
    TableStore store = new TableStore(spark, output);
    List<String> epochs =
        strings(
            store
                .read(Table.EPOCHS)
                .select("network", "epoch", "split", "examples", "loss", "accuracy")
                .orderBy("epoch", "split")
                .collectAsList());
    List<String> predictions =
        strings(
            store
                .read(Table.PREDICTIONS)
                .select("path", "label", "predicted_label", "loss")
                .collectAsList());
    assertThat(epochs).hasSize(9);
    assertThat(predictions).hasSize(6).doesNotHaveDuplicates();
    try (var network =
        TrainedModel.load(new Configuration(), output + "/models/" + run + "/resfcn18")
            .network()
            .params()) {
      return new Outcome(network.data().asFloat(), epochs, Set.copyOf(predictions));
    }
  }

  private static List<String> strings(List<Row> rows) {
    List<String> strings = new ArrayList<>();
    rows.forEach(row -> strings.add(row.toString()));
    return strings;
  }

  private Settings settings(String output) {
    return SettingsLoader.load(
        Optional.empty(),
        Map.of(
            "images", images.toString(),
            "output", output,
            "networks", "resfcn18",
            "image-size", 8,
            "epochs", 3,
            "batch-size", 8,
            "averaging-frequency", 1,
            "threads", 1),
        List.of("optimizer=adamw", "model-ema=true", "model-ema-steps=1"));
  }
}
