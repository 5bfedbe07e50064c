package dev.kennel.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The tables of an output folder: {@code <output>/tables/<name>/run_id=<run>/<key>.parquet}.
 *
 * <p>A commit is one file, staged under {@code <output>/.staging/<uuid>/} and published by one
 * rename, so that a reader sees all of its rows or none (on S3 a rename is a copy, which appears
 * whole too). Any file system of Hadoop will do, and any number of drivers may write to one folder,
 * each to runs of its own. Two drivers that commit the same key of the same run in the same instant
 * need HDFS, whose rename refuses a taken name; other file systems look first and rename then.
 */
public final class TableStore {

  /** One commit of these is a row or a few, and of some there are many. */
  private static final Set<Table> SMALL = Set.of(Table.EPOCHS, Table.ROUNDS, Table.NETWORKS);

  private static final Set<String> STATUSES = Set.of("running", "finished", "failed");

  private final SparkSession spark;
  private final String output;
  private final FileSystem files;
  private final Layout layout;
  private final Publisher publisher;

  /** Opens the tables under {@code output}, a path or URL; the folder need not exist yet. */
  public TableStore(SparkSession spark, String output) {
    this.spark = spark;
    this.output = output;
    this.files = fileSystem(spark, output);
    this.layout = new Layout(files.makeQualified(new Path(output)));
    this.publisher = new Publisher(spark, files, layout.staging());
  }

  private static FileSystem fileSystem(SparkSession spark, String output) {
    try {
      FileSystem files = new Path(output).getFileSystem(spark.sparkContext().hadoopConfiguration());
      // Hadoop's local file system keeps checksums in files of their own, which no rename moves
      // together with the data; a file without one is read without a check.
      return files instanceof ChecksumFileSystem local ? local.getRawFileSystem() : files;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open " + output + ": " + e.getMessage(), e);
    }
  }

  /** The session that the tables are read and written with. */
  public SparkSession session() {
    return spark;
  }

  /** The folder as the caller named it. */
  public String output() {
    return output;
  }

  /**
   * Publishes rows as one file, whole or not at all.
   *
   * <p>Without rows the file has a schema only, so that {@link #committed} is true and every engine
   * finds the table. The rows travel in one Spark task, which has room for some 100 MB.
   *
   * @param key names the rows within the run, such as {@code resnet18-3}: letters, digits and
   *     {@code . _ -}
   * @throws IllegalStateException if the run has this key already: nothing is ever overwritten
   * @throws IllegalArgumentException if a row does not fit the table
   */
  public void commit(Table table, String runId, String key, List<Row> rows) {
    refuseRuns(table);
    rows.forEach(row -> RowBuilder.check(table, row));
    publisher.publish(table, rows, layout.file(table, runId, key));
  }

  /**
   * Publishes rows that tasks make, as one file, whole or not at all. The task that writes them is
   * sent them by the others, so that they may be many.
   *
   * @throws IllegalStateException if the run has this key already: nothing is ever overwritten
   */
  public void commit(Table table, String runId, String key, JavaRDD<Row> rows) {
    refuseRuns(table);
    publisher.publish(table, rows.map(row -> checked(table, row)), layout.file(table, runId, key));
  }

  private static void refuseRuns(Table table) {
    if (table == Table.RUNS) {
      throw new IllegalArgumentException(
          "Cannot commit to runs: the states of a run are for recordRun");
    }
  }

  private static Row checked(Table table, Row row) {
    RowBuilder.check(table, row);
    return row;
  }

  /** Whether the run has this key: a resumed run asks before it does the work again. */
  public boolean committed(Table table, String runId, String key) {
    return exists(layout.file(table, runId, key));
  }

  /**
   * Publishes the state of a run, which counts from now on in the place of the one before.
   *
   * <p>The new state is a file of its own, {@code <status>-<uuid>.parquet}, and the earlier ones
   * stay: whoever has listed a file that changes or goes before it is read fails. {@link #read}
   * shows the state that was written last; other readers take the row with the latest {@code
   * updated_at}.
   *
   * @param state without {@code updated_at} and {@code tables_version}, which this sets
   */
  public void recordRun(String runId, Row state) {
    RowBuilder.check(Table.RUNS, state);
    String status = state.getString(Table.RUNS.schema().fieldIndex("status"));
    if (!STATUSES.contains(status)) {
      throw new IllegalArgumentException(
          "Cannot record run %s: status %s is not running, finished or failed"
              .formatted(runId, status));
    }
    Path published = layout.file(Table.RUNS, runId, status + "-" + UUID.randomUUID());
    publisher.publish(Table.RUNS, List.of(stamped(state)), published);
  }

  private static Row stamped(Row state) {
    Object[] values = new Object[state.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = state.get(i);
    }
    values[Table.RUNS.schema().fieldIndex("updated_at")] = Instant.now();
    values[Table.RUNS.schema().fieldIndex("tables_version")] = Table.VERSION;
    return RowFactory.create(values);
  }

  /**
   * Makes the tables that are not there yet, each by a file without rows, so that a reader of any
   * engine that sees the run finds all of them; to be called before the run has a row.
   */
  public void makeTables(String runId) {
    for (Table table : Table.values()) {
      if (table != Table.RUNS && !exists(layout.folder(table))) {
        commit(table, runId, "schema", List.of());
      }
    }
  }

  /**
   * The rows that are committed at this moment, {@code run_id} first; none if the table is absent.
   *
   * <p>The files are listed now and read when an action asks for them. Of {@code runs} there is one
   * row a run, the state that was written last.
   */
  public Dataset<Row> read(Table table) {
    StructType schema = readSchema(table);
    Path folder = layout.folder(table);
    if (!exists(folder)) {
      return spark.createDataFrame(List.of(), schema);
    }
    Dataset<Row> rows =
        spark
            .read()
            .schema(schema)
            .parquet(folder.toString())
            .select(Layout.RUN_ID, table.schema().fieldNames());
    return table == Table.RUNS ? oneRowPerRun(rows) : rows;
  }

  /**
   * The rows of some runs that are committed, as {@link #read(Table)} has them.
   *
   * <p>Of tables whose commits are a few rows, much sooner; their files are listed when an action
   * asks for the rows.
   */
  public Dataset<Row> read(Table table, Set<String> runIds) {
    if (!SMALL.contains(table)) {
      return read(table).where(col(Layout.RUN_ID).isin(runIds.toArray()));
    }
    List<SmallFiles.RunFolder> folders =
        runIds.stream()
            .map(runId -> new SmallFiles.RunFolder(runId, layout.folder(table, runId).toString()))
            .toList();
    StructType schema = readSchema(table);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return spark.createDataFrame(SmallFiles.read(context, folders, schema), schema);
  }

  /**
   * A number that is another after a commit, most likely, and the same without one; empty if there
   * is no table. It takes a listing of the folder, and reads no file.
   */
  public OptionalInt state() {
    OptionalInt state = OptionalInt.empty();
    for (Table table : Table.values()) {
      if (exists(layout.folder(table))) {
        state = OptionalInt.of(state.orElse(0) + fileNames(layout.folder(table)));
      }
    }
    return state;
  }

  /** The sum of what the files' names say, as the order of a listing is any. */
  private int fileNames(Path folder) {
    try {
      int sum = 0;
      if (files instanceof RawLocalFileSystem) {
        // Asked for by listFiles, it starts a process for each file, to learn its owner.
        for (FileStatus found : files.listStatus(folder)) {
          Path path = found.getPath();
          sum += found.isDirectory() ? fileNames(path) : path.hashCode();
        }
        return sum;
      }
      RemoteIterator<LocatedFileStatus> found = files.listFiles(folder, true);
      while (found.hasNext()) {
        sum += found.next().getPath().hashCode();
      }
      return sum;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder + ": " + e.getMessage(), e);
    }
  }

  /** The state of a run; empty if there is no such run. */
  public Optional<Row> run(String runId) {
    return read(Table.RUNS).where(col(Layout.RUN_ID).equalTo(runId)).collectAsList().stream()
        .findFirst();
  }

  /**
   * Registers every table as a temporary view of its name; call it again to see later commits.
   *
   * @throws LaterVersionException if a later version of Kennel wrote them
   */
  public void registerViews() {
    read(Table.RUNS)
        .where(col("tables_version").gt(Table.VERSION))
        .collectAsList()
        .forEach(this::refuseLaterVersion);
    for (Table table : Table.values()) {
      read(table).createOrReplaceTempView(table.tableName());
    }
  }

  /**
   * Refuses a run that a later version of Kennel wrote, which may mean what this one cannot know.
   *
   * @param run a row of {@code runs}
   * @throws LaterVersionException if it is such a run
   */
  public void refuseLaterVersion(Row run) {
    Integer version = run.getAs("tables_version");
    if (version != null && version > Table.VERSION) {
      throw new LaterVersionException(
          ("Cannot read the tables in %s: run %s wrote them in version %d, by Kennel %s, and this"
                  + " one knows version %d; read them with that one")
              .formatted(
                  output,
                  run.getAs(Layout.RUN_ID),
                  version,
                  run.getAs("kennel_version"),
                  Table.VERSION));
    }
  }

  private static Dataset<Row> oneRowPerRun(Dataset<Row> states) {
    WindowSpec newestFirst =
        Window.partitionBy(Layout.RUN_ID)
            .orderBy(
                col("updated_at").desc_nulls_last(),
                col("status").equalTo("running"), // false sorts before true
                col("finished_at").desc(),
                col("started_at").desc());
    return states
        .withColumn("place", row_number().over(newestFirst))
        .where("place = 1")
        .drop("place");
  }

  /** All columns nullable, as Spark makes them for files. */
  private static StructType readSchema(Table table) {
    // As text: Spark would otherwise guess a number or a date from the folder's name.
    StructType schema = new StructType().add(Layout.RUN_ID, DataTypes.StringType);
    for (StructField column : table.schema().fields()) {
      schema = schema.add(Columns.optional(column));
    }
    return schema;
  }

  private boolean exists(Path path) {
    try {
      return files.exists(path);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for " + path + ": " + e.getMessage(), e);
    }
  }
}
