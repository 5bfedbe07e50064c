package dev.kennel.table;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.LocalSpark;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several drivers, each a process, and readers in one folder at once: on a disk and on HDFS. */
class SharedFolderIT {

  @TempDir static Path disk;
  private static MiniDFSCluster hdfs;

  private final SparkSession spark = LocalSpark.session();

  @BeforeAll
  static void start() throws IOException {
    Configuration settings = new Configuration();
    settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, disk.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(settings).numDataNodes(1).build();
    hdfs.waitActive();
  }

  @AfterAll
  static void stop() {
    hdfs.shutdown();
  }

  @Test
  void driversInOneFolderLoseNothingAndReadersSeeWholeEpochs() throws Exception {
    List<String> outputs = List.of(disk.resolve("output").toString(), hdfs.getURI() + "/output");
    List<Process> drivers = List.of(driver("first", outputs), driver("second", outputs));
    CompletableFuture<Void> ended =
        CompletableFuture.allOf(
            drivers.stream().map(Process::onExit).toArray(CompletableFuture[]::new));
    int polls = 0;
    while (!ended.isDone()) {
      for (String output : outputs) {
        polls += poll(output) ? 1 : 0;
      }
    }

    assertThat(drivers).extracting(Process::exitValue).containsOnly(0);
    assertThat(polls).isPositive();
    for (String output : outputs) {
      assertThat(plainly(output, Table.EPOCHS).count())
          .isEqualTo(2L * CommittingDriver.EPOCHS * drivers.size());
      assertThat(
              new TableStore(spark, output)
                  .read(Table.RUNS)
                  .select("run_id", "status")
                  .collectAsList())
          .extracting(Row::toString)
          .containsExactlyInAnyOrder("[first,finished]", "[second,finished]");
      FileSystem files = new org.apache.hadoop.fs.Path(output).getFileSystem(new Configuration());
      assertThat(files.listStatus(new org.apache.hadoop.fs.Path(output, ".staging"))).isEmpty();
    }
  }

  /** Whether there was an epoch, which must be a whole one. */
  private boolean poll(String output) {
    TableStore store = new TableStore(spark, output);
    if (!store.read(Table.RUNS).isEmpty()) {
      plainly(output, Table.RUNS).collectAsList();
    }
    if (!store.committed(Table.EPOCHS, "first", "resnet18-1")) {
      return false;
    }
    Map<List<Object>, Long> rows =
        plainly(output, Table.EPOCHS).collectAsList().stream()
            .collect(
                groupingBy(row -> List.of(row.getAs("run_id"), row.getAs("epoch")), counting()));
    assertThat(rows.values()).isNotEmpty().containsOnly(2L); // of train and of test
    return true;
  }

  /** As anyone reads Parquet with Spark. */
  private Dataset<Row> plainly(String output, Table table) {
    return spark.read().parquet(output + "/tables/" + table.tableName());
  }

  private static Process driver(String runId, List<String> outputs) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(CommittingDriver.class.getName(), runId));
    command.addAll(outputs);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(disk.resolve(runId + ".log").toFile())
        .start();
  }

  @Test
  void ofTwoCommitsOfOneKeyInTheSameInstantHdfsTakesOne() throws Exception {
    String output = hdfs.getURI() + "/same-key";
    for (int epoch = 1; epoch <= 5; epoch++) {
      int same = epoch;
      List<CompletableFuture<Boolean>> commits =
          Stream.of("train", "test")
              .map(split -> supplyAsync(() -> isCommitted(output, same, split)))
              .toList();

      assertThat(commits.stream().map(CompletableFuture::join).toList()).containsOnlyOnce(true);
    }
    assertThat(plainly(output, Table.EPOCHS).count()).isEqualTo(5);
  }

  /** Whether this one was, and not the other. */
  private boolean isCommitted(String output, int epoch, String split) {
    try {
      new TableStore(spark, output)
          .commit(
              Table.EPOCHS,
              "run",
              "resnet18-" + epoch,
              List.of(CommittingDriver.epoch(epoch, split)));
      return true;
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("a commit is never overwritten");
      return false;
    }
  }
}
