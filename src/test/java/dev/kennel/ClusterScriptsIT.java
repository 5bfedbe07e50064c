package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.Script.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts for clusters say before anything runs. */
class ClusterScriptsIT {
  @TempDir private Path folder;

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

  private String cluster() {
    return folder.resolve("a cluster").toString();
  }

  private Outcome run(String script, String... arguments) throws IOException, InterruptedException {
    return Script.run(folder, script, arguments);
  }
}
