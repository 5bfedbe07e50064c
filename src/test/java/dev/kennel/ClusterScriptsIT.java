package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.Script.Outcome;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts for clusters; a standalone cluster is a real one, of processes on this machine. */
class ClusterScriptsIT {
  @TempDir private Path folder;

  @AfterEach
  void endCluster() throws Exception {
    down();
  }

  @Test
  void aClusterOfTwoWorkersTrainsOnTwoExecutorsAndEndsWithAllItsProcesses() throws Exception {
    Outcome started = up();
    assertThat(started.code()).as(started.err()).isZero();
    assertThat(started.out()).contains("2 workers, each with 1 of the processors and 1024 MB");
    List<ProcessHandle> processes = processes();
    assertThat(processes).hasSize(3).allMatch(ProcessHandle::isAlive);

    Outcome again = up();
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("Cannot start a cluster in", "one runs there already");

    Path images = folder.resolve("images");
    String output = folder.resolve("output").toString();
    ColouredImages.write(images, 12, 32);
    Outcome trained =
        run(
            "standalone.sh",
            "--dir",
            cluster(),
            "train",
            "--networks=customcnn",
            "--images=" + images,
            "--image-size=32",
            "--epochs=2",
            "--batch-size=8",
            "--output=" + output);
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.err()).contains("2 workers of 1 thread on 2 executors (spark://127.0.0.1:");

    Outcome queried =
        run("local.sh", "sql", "select count(*) as n from epochs", "--output", output);
    assertThat(queried.out()).as(queried.err()).contains("|4  |");

    assertThat(down().code()).isZero();
    for (ProcessHandle process : processes) {
      // Ended, but perhaps not yet laid to rest by the machine's first process.
      assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(30));
    }
    Outcome downAgain = down();
    assertThat(downAgain.code()).isZero();
    assertThat(downAgain.out()).contains("No cluster runs in");
  }

  @Test
  void withoutAClusterStandaloneSaysHowToStartOne() throws Exception {
    Outcome outcome = run("standalone.sh", "--dir", cluster(), "train");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("Cannot find a cluster in", "submit/cluster-up.sh");
  }

  @Test
  void yarnIsFoundThroughHadoopsSettings() throws Exception {
    Outcome without = run("yarn.sh", "train");
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err()).contains("Cannot find YARN: HADOOP_CONF_DIR is not set");

    Files.writeString(folder.resolve("yarn-site.xml"), "<configuration/>");
    Outcome shown =
        Script.run(
            folder,
            Map.of("HADOOP_CONF_DIR", folder.toString()),
            "yarn.sh",
            "--dry-run",
            "--executor-memory=6g",
            "train");
    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(shown.out())
        .contains("spark.master=yarn", "spark.executor.memory=6g", "kennel.jar train")
        .doesNotContain("spark.executor.memory=4g");
  }

  @Test
  void kubernetesNeedsASparkThatKnowsIt() throws Exception {
    Outcome without =
        run("kubernetes.sh", "--image", "kennel:1", "--master=k8s://https://host", "sql");
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err()).contains("Cannot submit to Kubernetes", "SPARK_HOME");

    Files.createDirectories(folder.resolve("jars"));
    Files.createFile(folder.resolve("jars/spark-kubernetes_2.12-3.5.9.jar"));
    Outcome shown =
        Script.run(
            folder,
            Map.of("SPARK_HOME", folder.toString()),
            "kubernetes.sh",
            "--image",
            "kennel:1",
            "--dry-run",
            "--master=k8s://https://host",
            "train");
    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(shown.out())
        .contains("spark.kubernetes.container.image=kennel:1", "spark.submit.deployMode=cluster")
        .contains("local:///opt/kennel/kennel.jar train");
  }

  private Outcome up() throws IOException, InterruptedException {
    return run("cluster-up.sh", "--cores", "1", "--memory", "1g", "--dir", cluster());
  }

  private Outcome down() throws IOException, InterruptedException {
    return run("cluster-down.sh", "--dir", cluster());
  }

  private String cluster() {
    return folder.resolve("a cluster").toString();
  }

  private Outcome run(String script, String... arguments) throws IOException, InterruptedException {
    return Script.run(folder, script, arguments);
  }

  private List<ProcessHandle> processes() throws IOException {
    List<ProcessHandle> processes = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(cluster()), "*.pid")) {
      for (Path file : files) {
        long pid = Long.parseLong(Files.readString(file).strip());
        processes.add(ProcessHandle.of(pid).orElseThrow());
      }
    }
    return processes;
  }
}
