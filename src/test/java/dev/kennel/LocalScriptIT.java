package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.Script.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code submit/local.sh} as a user runs it: the real jar, the real SparkSubmit, executors as
 * processes.
 */
class LocalScriptIT {
  @TempDir private Path folder;

  @Test
  void aClusterOfTwoExecutorsTrainsAndPredictsAndItsTablesAreComparedAndQueried() throws Exception {
    Path images = folder.resolve("images");
    String output = folder.resolve("output").toString();
    ColouredImages.write(images, 12, 32);
    Outcome trained = train(images.toString(), output);
    assertThat(trained.err()).contains("2 workers of 1 thread on 2 executors");
    assertThat(trained.out()).contains("customcnn", "resfcn18", "McNemar exact p");

    Path model = models(output).resolve("customcnn");
    Path answers = folder.resolve("answers.csv");
    Outcome predicted =
        run(
            "predict",
            "--master",
            "local-cluster[1,1,1024]",
            "--executor-memory=1g",
            "--model",
            model.toString(),
            "--file",
            answers.toString(),
            "--images",
            images.toString());
    assertThat(predicted.code()).as(predicted.err()).isZero();
    assertThat(predicted.err()).contains("Predicted for 36 of them");
    assertThat(Files.readAllLines(answers)).hasSize(37);

    Path loaded = folder.resolve("loaded.txt");
    Map<String, String> telling = Map.of("SPARK_SUBMIT_OPTS", "-Xlog:class+load:file=" + loaded);
    Outcome compared =
        Script.run(folder, telling, "local.sh", "compare", "--output", output, "--format", "csv");
    assertThat(compared.code()).as(compared.err()).isZero();
    assertThat(Files.readAllLines(loaded))
        .as("classes of Spark from the archive")
        .filteredOn(line -> line.matches(".* org.apache.spark.* shared objects file \\(top\\)"))
        .hasSizeGreaterThan(3_000);
    assertThat(compared.out()).startsWith("name,network,runs,epochs").hasLineCount(3);

    Outcome queried =
        run(
            "sql",
            "select network, count(*) as n from epochs group by network;"
                + " select accuracie from epochs",
            "--format=csv",
            "--output",
            output);
    assertThat(queried.out()).as(queried.err()).contains("customcnn,4\n", "resfcn18,4\n");
    assertThat(queried.code()).isEqualTo(2);
    assertThat(queried.err()).contains("Cannot run the query").contains("accuracy");
  }

  @Test
  void anExecutorThatRunsOutOfMemoryEndsTheRunWithAnError() throws Exception {
    Path images = folder.resolve("images");
    String output = folder.resolve("output").toString();
    ColouredImages.write(images, 18, 32);
    Outcome outcome = // a batch of 42 images of 12 MiB, in a heap of 480 MiB
        run(
            "train",
            "--master=local-cluster[1,1,1024]",
            "--executor-memory=480m",
            "--networks=resnet18",
            "--images=" + images,
            "--image-size=2048",
            "--batch-size=42",
            "--output=" + output);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("Cannot go on: executor 0 ran out of memory (Command exited with code 3")
        .contains("To go on with it: train --resume")
        .doesNotContain("\tat ");
  }

  /** The folder of the models of the only run. */
  private static Path models(String output) throws IOException {
    try (Stream<Path> runs = Files.list(Path.of(output, "models"))) {
      return runs.findFirst().orElseThrow();
    }
  }

  private Outcome train(String images, String output) throws IOException, InterruptedException {
    Outcome trained =
        run(
            "--name",
            "tried",
            "train",
            "--master",
            "local-cluster[2,1,2048]",
            "--executor-memory=2g",
            "--networks=customcnn,resfcn18",
            "--images",
            images,
            "--image-size",
            "32",
            "--epochs",
            "2",
            "--batch-size=8",
            "--output",
            output);
    assertThat(trained.code()).as(trained.err()).isZero();
    return trained;
  }

  private Outcome run(String... arguments) throws IOException, InterruptedException {
    return Script.run(folder, "local.sh", arguments);
  }
}
