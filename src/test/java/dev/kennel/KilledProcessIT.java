package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.Script.Outcome;
import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.model.TrainedModel;
import dev.kennel.table.TableStore;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed as a user's are; runs end as one that was not disturbed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledProcessIT {
  private static final Pattern RUN = Pattern.compile("Run (\\S+) writes to");

  private Path folder;
  private String undisturbed;

  @BeforeAll
  void train(@TempDir Path temporary) throws Exception {
    folder = temporary;
    ColouredImages.write(folder.resolve("images"), 12, 32);
    undisturbed = folder.resolve("undisturbed").toString();
    Settings settings = SettingsLoader.load(Optional.empty(), options(undisturbed), List.of());
    Console quiet =
        new Console(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false);
    new TrainingJob(LocalSpark.session(), settings, quiet).run();
  }

  @Test
  void aRunWhoseDriverIsKilledIsResumed() throws Exception {
    String output = folder.resolve("driver").toString();
    TablePoller poller = TablePoller.start(output);
    Process driver =
        Script.builder("local.sh", training(output, "--master=local[2]"))
            .redirectErrorStream(true)
            .start();
    String run = awaitSecondEpoch(driver);
    assertThat(driver.destroyForcibly().waitFor()).isEqualTo(128 + 9);

    Outcome resumed =
        Script.run(
            folder, "local.sh", "train", "--master=local[2]", "--resume", run, "--output", output);
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("customcnn goes on from its checkpoint: epoch ");
    assertThat(resumed.out()).contains("Run " + run + " (finished)");
    poller.stopAndCheck();
    assertEndedAs(output);
  }

  @Test
  void aRunGoesOnWhenOneOfTheClustersWorkersIsKilled() throws Exception {
    String cluster = folder.resolve("cluster").toString();
    String output = folder.resolve("worker").toString();
    Outcome up =
        Script.run(folder, "cluster-up.sh", "--cores", "1", "--memory", "1g", "--dir", cluster);
    assertThat(up.code()).as(up.err()).isZero();
    assertThat(up.out()).contains("2 workers, each with 1 of the processors and 1024 MB");
    try {
      Outcome again = Script.run(folder, "cluster-up.sh", "--dir", cluster);
      assertThat(again.code()).isEqualTo(2);
      assertThat(again.err()).contains("Cannot start a cluster in", "one runs there already");

      Process driver =
          Script.builder("standalone.sh", training(output, "--dir", cluster))
              .redirectErrorStream(true)
              .start();
      awaitSecondEpoch(driver);
      process(cluster, "worker-1").destroyForcibly();
      String rest = new String(driver.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(driver.waitFor()).as(rest).isZero();
      assertThat(rest).contains("customcnn epoch 4/4");
      assertEndedAs(output);
    } finally {
      List<ProcessHandle> left = List.of(process(cluster, "master"), process(cluster, "worker-2"));
      Outcome down = Script.run(folder, "cluster-down.sh", "--dir", cluster);
      assertThat(down.code()).as(down.err()).isZero();
      for (ProcessHandle process : left) {
        // Ended, but perhaps not yet laid to rest by the machine's first process.
        assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(30));
      }
    }
    Outcome downAgain = Script.run(folder, "cluster-down.sh", "--dir", cluster);
    assertThat(downAgain.code()).isZero();
    assertThat(downAgain.out()).contains("No cluster runs in");
  }

  private static ProcessHandle process(String cluster, String name) throws IOException {
    String id = Files.readString(Path.of(cluster, name + ".pid")).strip();
    return ProcessHandle.of(Long.parseLong(id)).orElseThrow();
  }

  private Map<String, Object> options(String output) {
    return Map.of(
        "images", folder.resolve("images").toString(),
        "networks", "customcnn",
        "image-size", 32,
        "epochs", 4,
        "batch-size", 8,
        "averaging-frequency", 1,
        "threads", 1,
        "output", output);
  }

  private String[] training(String output, String... before) {
    List<String> arguments = new ArrayList<>(List.of(before));
    arguments.add("train");
    options(output).forEach((key, value) -> arguments.add("--" + key + "=" + value));
    return arguments.toArray(String[]::new);
  }

  /** Reads what a run says until its second epoch has ended; answers with the run's id. */
  private static String awaitSecondEpoch(Process driver) throws IOException {
    BufferedReader said =
        new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder all = new StringBuilder();
    String run = "";
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      all.append(line).append('\n');
      Matcher matcher = RUN.matcher(line);
      if (matcher.find()) {
        run = matcher.group(1);
      }
      if (line.contains("epoch 2/4: train loss")) {
        return run;
      }
    }
    throw new AssertionError("The run ended before its second epoch: " + all);
  }

  private void assertEndedAs(String output) throws IOException {
    assertThat(parameters(output)).isEqualTo(parameters(undisturbed)); // bit for bit
    for (String query :
        List.of(
            "select epoch, split, examples, loss, accuracy, macro_f1 from epochs order by 1, 2",
            "select path, label, predicted_label, probability, loss from predictions order by 1",
            "select epoch, round, workers, examples from rounds order by 1, 2",
            "select status, failure, workers, images, classes from runs")) {
      assertThat(answer(query, output)).isNotEmpty().isEqualTo(answer(query, undisturbed));
    }
  }

  private static List<Row> answer(String query, String output) {
    new TableStore(LocalSpark.session(), output).registerViews();
    return LocalSpark.session().sql(query).collectAsList();
  }

  private static float[] parameters(String output) throws IOException {
    try (Stream<Path> runs = Files.list(Path.of(output, "models"))) {
      String model = runs.findFirst().orElseThrow().resolve("customcnn").toString();
      return TrainedModel.load(new Configuration(), model).network().params().data().asFloat();
    }
  }
}
