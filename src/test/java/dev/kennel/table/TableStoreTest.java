package dev.kennel.table;

import static java.util.concurrent.CompletableFuture.runAsync;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.LocalSpark;
import dev.kennel.SmallDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableStoreTest {

  private static final Instant NINE = Instant.parse("2026-11-24T09:00:00Z");

  private final SparkSession spark = LocalSpark.session();

  @TempDir Path output;
  private TableStore store;

  @BeforeEach
  void open() {
    store = new TableStore(spark, output.toString());
  }

  @Test
  void aCommitIsOneFileUnderItsKeyAndNothingElse() throws IOException {
    store.commit(Table.REJECTED_IMAGES, "a", "all", List.of(rejected("cat.jpg"), rejected("b")));

    assertThat(files(output)).containsExactly("tables/rejected_images/run_id=a/all.parquet");
    assertThat(output.resolve(".staging")).isEmptyDirectory();
  }

  @Test
  void rowsThatTasksMakeAreOneFileToo() throws IOException {
    List<Integer> numbers = IntStream.range(0, 1000).boxed().toList();
    JavaRDD<Row> rows = sc().parallelize(numbers, 7).map(i -> rejected(i + ".jpg"));
    store.commit(Table.REJECTED_IMAGES, "a", "all", rows);

    assertThat(files(output)).containsExactly("tables/rejected_images/run_id=a/all.parquet");
    assertThat(store.read(Table.REJECTED_IMAGES).distinct().count()).isEqualTo(1000);
    assertThatThrownBy(() -> store.commit(Table.REJECTED_IMAGES, "a", "all", rows))
        .hasMessageContaining("never overwritten");
  }

  @Test
  void aRowThatATaskMadeAndThatDoesNotFitIsNotCommitted() {
    JavaRDD<Row> rows = sc().parallelize(List.of(1), 1).map(i -> RowFactory.create("a", 12L));
    assertThatThrownBy(() -> store.commit(Table.REJECTED_IMAGES, "a", "all", rows))
        .hasStackTraceContaining("it has 2 values for 4 columns");
    assertThat(store.committed(Table.REJECTED_IMAGES, "a", "all")).isFalse();
  }

  private JavaSparkContext sc() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  @Test
  void aCommitIsPlainParquetWithRunIdAsPartitionColumn() {
    store.commit(Table.REJECTED_IMAGES, "a", "all", List.of(rejected("cat.jpg")));
    store.commit(Table.REJECTED_IMAGES, "b", "all", List.of(rejected("dog.jpg")));

    Dataset<Row> rows = spark.read().parquet(output.resolve("tables/rejected_images").toString());

    assertThat(rows.orderBy("run_id").select("run_id", "path", "bytes").collectAsList())
        .extracting(Row::mkString)
        .containsExactly("acat.jpg12", "bdog.jpg12");
  }

  @Test
  void theStateIsAnotherAfterACommitOnly() {
    assertThat(store.state()).isEmpty();
    store.commit(Table.REJECTED_IMAGES, "a", "all", List.of(rejected("cat.jpg")));
    OptionalInt state = store.state();
    assertThat(state).isPresent();
    assertThat(new TableStore(spark, output.toString()).state()).isEqualTo(state);
    store.commit(Table.REJECTED_IMAGES, "b", "all", List.of(rejected("cat.jpg")));
    assertThat(store.state()).isPresent().isNotEqualTo(state);
  }

  @Test
  void aTakenKeyIsRefusedAndTheFirstCommitStays() {
    store.commit(Table.REJECTED_IMAGES, "a", "all", List.of(rejected("first")));

    assertThatThrownBy(
            () -> store.commit(Table.REJECTED_IMAGES, "a", "all", List.of(rejected("second"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Cannot commit")
        .hasMessageContaining("run_id=a/all.parquet: it is there already");
    assertThat(paths(store.read(Table.REJECTED_IMAGES))).containsExactly("first");
  }

  @Test
  void aRowThatDoesNotFitLeavesNoFile() throws IOException {
    Row withoutPath = RowFactory.create(null, 12L, "truncated", "ends after 12 bytes");

    assertThatThrownBy(() -> store.commit(Table.REJECTED_IMAGES, "a", "all", List.of(withoutPath)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot put nothing into rejected_images.path: it holds string");
    assertThat(files(output)).isEmpty();
  }

  @Test
  void aWriteThatFailsLeavesNoFile() throws IOException {
    Files.createFile(output.resolve("tables"));

    assertThatThrownBy(() -> store.commit(Table.REJECTED_IMAGES, "a", "all", List.of()))
        .hasMessageStartingWith("Cannot commit");
    assertThat(files(output)).containsExactly("tables");
    assertThat(output.resolve(".staging")).isEmptyDirectory();
  }

  @Test
  void aFullDiskIsNamedAndLeavesNoFile() throws IOException {
    spark.sparkContext().hadoopConfiguration().set("fs.small.impl", SmallDisk.class.getName());
    store = new TableStore(spark, "small://" + output);
    byte[] bytes = new byte[1 << 20];
    new Random(1).nextBytes(bytes);
    String incompressible = Base64.getEncoder().encodeToString(bytes);

    assertThatThrownBy(
            () ->
                store.commit(Table.REJECTED_IMAGES, "a", "all", List.of(rejected(incompressible))))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageEndingWith("all.parquet: No space left on device");
    assertThat(files(output)).isEmpty();
    assertThat(output.resolve(".staging")).isEmptyDirectory();
  }

  @Test
  void aCommitWithoutRowsIsAFileWithoutRows() throws IOException {
    assertThat(store.committed(Table.REJECTED_IMAGES, "a", "all")).isFalse();

    store.commit(Table.REJECTED_IMAGES, "a", "all", List.of());

    assertThat(store.committed(Table.REJECTED_IMAGES, "a", "all")).isTrue();
    assertThat(files(output)).containsExactly("tables/rejected_images/run_id=a/all.parquet");
    assertThat(store.read(Table.REJECTED_IMAGES).count()).isZero();
  }

  @Test
  void anAbsentTableIsEmptyAndHasTheSchemaOfAPresentOne() {
    Dataset<Row> absent = store.read(Table.PREDICTIONS);
    store.commit(Table.PREDICTIONS, "a", "resnet18", List.of());

    assertThat(absent.count()).isZero();
    assertThat(absent.columns()).startsWith("run_id", "network", "split");
    assertThat(absent.schema().prettyJson())
        .isEqualTo(store.read(Table.PREDICTIONS).schema().prettyJson());
  }

  @Test
  void aRunIdThatLooksLikeANumberOrADateStaysText() {
    for (String run : List.of("20261124", "007", "2026-11-24")) {
      store.commit(Table.REJECTED_IMAGES, run, "all", List.of(rejected("of " + run)));
    }

    Dataset<Row> rows = store.read(Table.REJECTED_IMAGES);

    assertThat(rows.schema().apply("run_id").dataType()).isEqualTo(DataTypes.StringType);
    assertThat(rows.select("run_id").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder("20261124", "007", "2026-11-24");
  }

  @Test
  void settingsOfTheUsersSessionDoNotChangeWhatIsWritten() throws IOException {
    SparkSession session = spark.newSession();
    session.conf().set("spark.sql.files.maxRecordsPerFile", 1);
    session.conf().set("spark.sql.sources.commitProtocolClass", "no.such.Protocol");
    session.conf().set("spark.sql.parquet.output.committer.class", "no.such.Committer");

    new TableStore(session, output.toString())
        .commit(Table.REJECTED_IMAGES, "a", "all", List.of(rejected("b"), rejected("c")));

    assertThat(files(output)).containsExactly("tables/rejected_images/run_id=a/all.parquet");
    assertThat(paths(store.read(Table.REJECTED_IMAGES))).containsExactly("b", "c");
  }

  @Test
  void twoStoresWriteToOneFolderAtOnceAndLoseNothing() throws IOException {
    CompletableFuture.allOf(
            runAsync(() -> commitFiveTo(new TableStore(spark, output.toString()), "a")),
            runAsync(() -> commitFiveTo(new TableStore(spark, output.toString()), "b")))
        .join();

    assertThat(paths(store.read(Table.REJECTED_IMAGES)))
        .containsExactlyInAnyOrder("a1", "a2", "a3", "a4", "a5", "b1", "b2", "b3", "b4", "b5");
    assertThat(files(output)).hasSize(10);
  }

  @Test
  void aRunGoesFromRunningToFinishedAsOneRow() throws IOException {
    store.recordRun("a", run("running").build());
    assertThat(statuses()).containsExactly("running");

    store.recordRun("a", run("finished").build());

    assertThat(statuses()).containsExactly("finished");
  }

  @Test
  void earlierStatesStayForThoseWhoHaveListedThem() throws IOException {
    store.recordRun("a", run("running").build());
    List<String> listed = files(output);
    store.recordRun("a", run("finished").build());

    assertThat(files(output)).hasSize(2).containsAll(listed);
    assertThat(statuses()).containsExactly("finished");
  }

  @Test
  void aFailedRunThatIsResumedRunsAgain() {
    store.recordRun("a", run("running").build());
    store.recordRun("a", run("failed").set("failure", "lost").build());
    store.recordRun("a", run("running").build());

    assertThat(statuses()).containsExactly("running");
  }

  @Test
  void everyTableCanBeMadeBeforeItHasRows() throws IOException {
    store.makeTables("a");
    store.makeTables("b");

    assertThat(files(output)).hasSize(Table.values().length - 1); // but runs, which has a row
    for (Table table : Table.values()) {
      assertThat(store.read(table).count()).isZero();
    }
  }

  @Test
  void columnsThatAnOlderVersionDidNotWriteAreNull() {
    Dataset<Row> older =
        spark
            .createDataFrame(List.of(run("running").build()), Table.RUNS.schema())
            .drop("updated_at", "tables_version");
    older.write().parquet(output.resolve("tables/runs/run_id=old").toString());
    store.recordRun("new", run("running").build());

    assertThat(store.read(Table.RUNS).orderBy("run_id").collectAsList())
        .extracting(row -> row.getAs("run_id") + " " + row.getAs("tables_version"))
        .containsExactly("new " + Table.VERSION, "old null");
    store.registerViews();
    assertThat(spark.table("runs").count()).isEqualTo(2);
  }

  @Test
  void theRowsOfSomeRunsAreTheSameHoweverTheyAreRead() throws IOException {
    for (String run : List.of("a", "b", "2026")) {
      store.commit(Table.ROUNDS, run, "none", List.of());
      store.commit(Table.ROUNDS, run, "resnet18-1", List.of(round(1), round(2)));
      store.commit(Table.ROUNDS, run, "resnet18-2", List.of(round(3)));
      store.commit(Table.REJECTED_IMAGES, run, "all", List.of(rejected(run + ".jpg")));
    }
    spark
        .createDataFrame(List.of(round(4)), Table.ROUNDS.schema())
        .drop("wait_seconds", "bytes_exchanged", "workers", "network")
        .write()
        .parquet(output.resolve("tables/rounds/run_id=older").toString());
    Path hidden = output.resolve("tables/rounds/run_id=a/.resnet18-9.parquet");
    Files.copy(hidden.resolveSibling("resnet18-1.parquet"), hidden);
    Set<String> some = Set.of("a", "2026", "older", "absent");

    for (Table table : List.of(Table.ROUNDS, Table.REJECTED_IMAGES)) {
      Dataset<Row> rows = store.read(table, some);
      Dataset<Row> expected = store.read(table).where("run_id != 'b'");
      assertThat(rows.schema()).isEqualTo(expected.schema());
      assertThat(rows.collectAsList())
          .containsExactlyInAnyOrderElementsOf(expected.collectAsList())
          .hasSize(table == Table.ROUNDS ? 7 : 2);
    }
  }

  private static Row round(int round) {
    return Table.ROUNDS
        .row()
        .set("network", "résnet18")
        .set("epoch", 1)
        .set("round", round)
        .set("workers", 2)
        .set("examples", 1L << 40)
        .set("fit_seconds", 0.1)
        .set("wait_seconds", 0.25)
        .set("averaging_seconds", Double.NaN)
        .set("bytes_exchanged", -1)
        .build();
  }

  @Test
  void tablesOfALaterVersionAreRefused() {
    store.recordRun("a", run("running").build());
    spark
        .read()
        .parquet(output.resolve("tables/runs/run_id=a").toString())
        .withColumn("tables_version", lit(Table.VERSION + 1))
        .write()
        .parquet(output.resolve("tables/runs/run_id=b").toString());

    assertThatThrownBy(() -> store.registerViews())
        .isInstanceOf(LaterVersionException.class)
        .hasMessage(
            "Cannot read the tables in %s: run b wrote them in version %d, by Kennel 0.1.0, and this one knows version %d; read them with that one"
                .formatted(output, Table.VERSION + 1, Table.VERSION));
  }

  @Test
  void timesAreInstantsForEveryEngine() throws IOException {
    store.recordRun("a", run("running").build());
    store.registerViews();
    Path file = output.resolve(files(output).get(0));

    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))) {
      assertThat(reader.getFileMetaData().getSchema().toString())
          .contains("int64 started_at (TIMESTAMP(MICROS,true))");
    }

    assertThat(spark.sql("SELECT unix_seconds(started_at) FROM runs").head().getLong(0))
        .isEqualTo(NINE.getEpochSecond());
  }

  @Test
  void aRunIsNotCommittedButRecorded() {
    assertThatThrownBy(() -> store.commit(Table.RUNS, "a", "a", List.of(run("running").build())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot commit to runs: the states of a run are for recordRun");
    assertThatThrownBy(() -> store.recordRun("a", run("done").build()))
        .hasMessage("Cannot record run a: status done is not running, finished or failed");
  }

  @Test
  void namesThatWouldLeaveTheFolderOrHideAreRefused() {
    for (String name : List.of("", "../a", "_a", ".a", "a b", "a%20")) {
      assertThatThrownBy(() -> store.commit(Table.EPOCHS, name, "key", List.of()))
          .hasMessageStartingWith("Cannot use \"" + name + "\" as a run id");
      assertThatThrownBy(() -> store.commit(Table.EPOCHS, "run", name, List.of()))
          .hasMessageStartingWith("Cannot use \"" + name + "\" as a key");
    }
  }

  @Test
  void commentsOfTheColumnsAreInTheFile() {
    store.commit(Table.EPOCHS, "a", "resnet18-1", List.of());

    Dataset<Row> file =
        spark
            .read()
            .parquet(output.resolve("tables/epochs/run_id=a/resnet18-1.parquet").toString());

    assertThat(Arrays.stream(file.schema().fields()))
        .allSatisfy(
            column ->
                assertThat(column.getComment())
                    .isEqualTo(Table.EPOCHS.schema().apply(column.name()).getComment()));
    assertThat(file.schema().apply("loss").getComment().get())
        .isEqualTo("Mean cross entropy an image, in nats, from 0");
  }

  @Test
  void everyTableIsAViewWithRunIdAsFirstColumn() {
    store.registerViews();

    for (Table table : Table.values()) {
      assertThat(spark.table(table.tableName()).columns())
          .startsWith("run_id")
          .endsWith(table.schema().fieldNames());
    }
  }

  private static void commitFiveTo(TableStore store, String run) {
    for (int i = 1; i <= 5; i++) {
      store.commit(Table.REJECTED_IMAGES, run, "part-" + i, List.of(rejected(run + i)));
    }
  }

  private static Row rejected(String path) {
    return Table.REJECTED_IMAGES
        .row()
        .set("path", path)
        .set("bytes", 12)
        .set("reason", "truncated")
        .set("detail", "ends after 12 bytes")
        .build();
  }

  private static RowBuilder run(String status) {
    return ExampleRows.run(NINE, status, 42, 2, "{}");
  }

  private List<String> statuses() {
    return store.read(Table.RUNS).select("status").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static List<String> paths(Dataset<Row> rows) {
    return rows.select("path").collectAsList().stream().map(row -> row.getString(0)).toList();
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    }
  }
}
