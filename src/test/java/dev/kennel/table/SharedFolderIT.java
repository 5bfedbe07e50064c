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

  private static final int DRIVERS = 2;

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
  void driversInOneFolderOfADiskLoseNothingAndReadersSeeWholeEpochs() throws Exception {
    driversLoseNothing(disk.resolve("output").toString());
  }

  @Test
  void driversInOneFolderOnHdfsLoseNothingAndReadersSeeWholeEpochs() throws Exception {
    driversLoseNothing(hdfs.getURI() + "/output");
  }

  private void driversLoseNothing(String output) throws Exception {
    List<Process> drivers = new ArrayList<>();
    for (int i = 0; i < DRIVERS; i++) {
      drivers.add(driver(output, "run-" + i));
    }
    CompletableFuture<Void> ended =
        CompletableFuture.allOf(
            drivers.stream().map(Process::onExit).toArray(CompletableFuture[]::new));
    TableStore store = new TableStore(spark, output);
    int polls = 0;
    while (!ended.isDone()) {
      if (!store.read(Table.RUNS).isEmpty()) {
        plainly(output, Table.RUNS).collectAsList();
      }
      if (store.committed(Table.EPOCHS, "run-0", "resnet18-1")) {
        Map<List<Object>, Long> rows =
            plainly(output, Table.EPOCHS).collectAsList().stream()
                .collect(
                    groupingBy(
                        row -> List.of(row.getAs("run_id"), row.getAs("epoch")), counting()));
        assertThat(rows.values()).isNotEmpty().containsOnly(2L); // of train and of test
        polls++;
      }
    }

    assertThat(drivers).extracting(Process::exitValue).containsOnly(0);
    assertThat(polls).isPositive();
    assertThat(plainly(output, Table.EPOCHS).count())
        .isEqualTo(2L * CommittingDriver.EPOCHS * DRIVERS);
    assertThat(store.read(Table.RUNS).select("run_id", "status").collectAsList())
        .extracting(Row::toString)
        .containsExactlyInAnyOrder("[run-0,finished]", "[run-1,finished]");
    FileSystem files = new org.apache.hadoop.fs.Path(output).getFileSystem(new Configuration());
    assertThat(files.listStatus(new org.apache.hadoop.fs.Path(output, ".staging"))).isEmpty();
  }

  /** As anyone reads Parquet with Spark. */
  private Dataset<Row> plainly(String output, Table table) {
    return spark.read().parquet(output + "/tables/" + table.tableName());
  }

  private static Process driver(String output, String runId) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(CommittingDriver.class.getName(), output, runId));
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
