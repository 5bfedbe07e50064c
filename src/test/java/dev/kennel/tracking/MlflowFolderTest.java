package dev.kennel.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folders and files are those of {@code FileStore} in MLflow's file_store.py. */
class MlflowFolderTest {
  private static final TrackedRun RUN =
      new TrackedRun("r1", Map.of("schedule.warm-up", "0.15"), Map.of("git_commit", "abc"));

  private Path root;

  @BeforeEach
  void name(@TempDir Path folder) {
    root = folder.resolve("mlruns");
  }

  @Test
  void aRunHasAFileForEachParamTagAndMetric() throws IOException {
    MlflowFolder mlflow = mlflow("kennel");
    mlflow.begin("resnet18");
    mlflow.epoch("resnet18", epoch(1));
    mlflow.epoch("resnet18", epoch(2));
    mlflow.end("resnet18", false);

    Path run = run("kennel");
    assertThat(run.resolve("params/schedule.warm-up")).hasContent("0.15");
    assertThat(run.resolve("tags/mlflow.runName")).hasContent("resnet18-r1");
    assertThat(run.resolve("tags/kennel.run_id")).hasContent("r1");
    assertThat(run.resolve("tags/kennel.network")).hasContent("resnet18");
    assertThat(run.resolve("tags/kennel.git_commit")).hasContent("abc");
    assertThat(run.resolve("metrics/loss/train")).hasContent("1001 1.0 1\n1002 0.5 2\n");
    assertThat(run.resolve("metrics/learning_rate")).hasContent("1001 0.01 1\n1002 0.01 2\n");
    assertThat(run.resolve("artifacts")).isEmptyDirectory();
    String id = run.getFileName().toString();
    assertThat(id).matches("[0-9a-f]{32}");
    assertThat(Files.readAllLines(run.resolve("meta.yaml")))
        .contains(
            "artifact_uri: 'file://" + run + "/artifacts'",
            "experiment_id: '" + run.getParent().getFileName() + "'",
            "lifecycle_stage: 'active'",
            "run_id: '" + id + "'",
            "run_name: 'resnet18-r1'",
            "run_uuid: '" + id + "'",
            "source_type: 4",
            "status: 3",
            "tags: []")
        .anyMatch(line -> line.matches("start_time: \\d{13}"))
        .anyMatch(line -> line.matches("end_time: \\d{13}"));
  }

  @Test
  void anExperimentHasTheFieldsOfMlflowAndThereIsTheDefaultOneToo() throws IOException {
    mlflow("it's dogs").begin("resnet18");

    Path experiment = run("it's dogs").getParent();
    String id = experiment.getFileName().toString();
    assertThat(id).matches("\\d{18}");
    assertThat(Files.readAllLines(experiment.resolve("meta.yaml")))
        .contains(
            "artifact_location: 'file://" + experiment + "'",
            "experiment_id: '" + id + "'",
            "lifecycle_stage: 'active'",
            "name: 'it''s dogs'")
        .anyMatch(line -> line.matches("creation_time: \\d{13}"));
    assertThat(root.resolve("0/meta.yaml")).content().contains("name: 'Default'");
    assertThat(root.resolve(".trash")).isDirectory();
  }

  @Test
  void anExperimentThatMlflowMadeIsTakenByItsName() throws IOException {
    Path made = Files.createDirectories(root.resolve("606783375233873416"));
    Files.writeString(
        made.resolve("meta.yaml"),
        """
        artifact_location: file:///mlruns/606783375233873416
        creation_time: 1721450907221
        experiment_id: '606783375233873416'
        last_update_time: 1721450907221
        lifecycle_stage: active
        name: kennel
        """);
    mlflow("kennel").begin("resnet18");

    assertThat(run("kennel").getParent()).isEqualTo(made);
    assertThat(root.resolve("0")).doesNotExist(); // the store is not ours
  }

  @Test
  void aTrainingThatFailedAndGoesOnHasOneRunAndEachEpochOnce() throws IOException {
    MlflowFolder first = mlflow("kennel");
    first.begin("resnet18");
    first.epoch("resnet18", epoch(1));
    first.end("resnet18", true);
    Path run = run("kennel");
    assertThat(run.resolve("meta.yaml")).content().contains("status: 4\n");

    MlflowFolder second = mlflow("kennel");
    second.begin("resnet18");
    assertThat(run.resolve("meta.yaml")).content().contains("status: 1\n", "end_time: null\n");
    second.epoch("resnet18", epoch(1));
    second.epoch("resnet18", epoch(11));
    second.epoch("resnet18", epoch(1));
    second.end("resnet18", false);

    assertThat(run("kennel")).isEqualTo(run);
    assertThat(run.resolve("metrics/learning_rate")).hasContent("1001 0.01 1\n1011 0.01 11\n");
    assertThat(run.resolve("meta.yaml")).content().contains("status: 3\n");
  }

  @Test
  void aTrainingThatHasFinishedStaysSo() throws IOException {
    MlflowFolder first = mlflow("kennel");
    first.begin("resnet18");
    first.end("resnet18", false);
    String meta = Files.readString(run("kennel").resolve("meta.yaml"));

    MlflowFolder second = mlflow("kennel");
    second.begin("resnet18");
    second.end("resnet18", true);

    assertThat(run("kennel").resolve("meta.yaml")).hasContent(meta);
  }

  @Test
  void anExperimentThatWasDeletedIsAnErrorThatSaysWhatToDo() throws IOException {
    mlflow("kennel").begin("resnet18");
    Path experiment = run("kennel").getParent();
    Files.move(experiment, root.resolve(".trash").resolve(experiment.getFileName()));

    assertThatThrownBy(() -> mlflow("kennel").begin("resnet18"))
        .isInstanceOf(IOException.class)
        .hasMessage("experiment kennel was deleted; restore it, or name another one");
  }

  @Test
  void aValueThatMlflowWouldNotTakeIsCutToWhatItTakes() {
    TrackedRun run = new TrackedRun("r1", Map.of("images", "ä".repeat(3001)), Map.of());

    assertThat(MlflowRun.of(run, "resnet18").params().get("images"))
        .isEqualTo("ä".repeat(2998) + "..."); // 5999 bytes of at most 6000
  }

  /** The one run of an experiment. */
  private Path run(String experiment) throws IOException {
    try (Stream<Path> folders = Files.walk(root, 2)) {
      List<Path> runs = folders.filter(path -> Files.isDirectory(path.resolve("params"))).toList();
      assertThat(runs).hasSize(1);
      Path meta = runs.get(0).resolveSibling("meta.yaml");
      assertThat(FlatYaml.read(meta)).containsEntry("name", experiment);
      return runs.get(0);
    }
  }

  private MlflowFolder mlflow(String experiment) {
    return new MlflowFolder(root, experiment, RUN);
  }

  private static TrackedEpoch epoch(int epoch) {
    return new TrackedEpoch(
        epoch, 1000L + epoch, Map.of("loss/train", 1.0 / epoch, "learning_rate", 0.01));
  }
}
