package dev.kennel.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows as one Parquet file in a staging folder of its own and renames it to its place.
 *
 * <p>Folders are never shared, and only the own one is removed, so that drivers do not meet there.
 */
final class Publisher {

  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private final SparkSession spark;
  private final FileSystem files;
  private final Path staging;

  Publisher(SparkSession spark, FileSystem files, Path staging) {
    this.spark = sessionOfItsOwn(spark);
    this.files = files;
    this.staging = staging;
  }

  /** A session whose settings lead to one plain Parquet file, whatever the user's session says. */
  private static SparkSession sessionOfItsOwn(SparkSession spark) {
    SparkSession session = spark.newSession();
    RuntimeConfig settings = session.conf();
    // INT96, the default, is deprecated, and not every engine reads it.
    settings.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    settings.set("spark.sql.datetime.java8API.enabled", "true"); // times in rows are Instants
    settings.set(
        "spark.sql.sources.commitProtocolClass",
        "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol");
    settings.set(
        "spark.sql.parquet.output.committer.class",
        "org.apache.parquet.hadoop.ParquetOutputCommitter");
    return session;
  }

  /**
   * Publishes the rows as the file {@code target}.
   *
   * @throws IllegalStateException if the file is there already
   */
  void publish(Table table, List<Row> rows, Path target) {
    // Shared, since Spark warns of rows by the thousand that a task carries itself.
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<List<Row>> shared = context.broadcast(List.copyOf(rows));
    JavaRDD<Row> onePartition =
        context.parallelize(List.of(0), 1).flatMap(only -> shared.value().iterator());
    try {
      publish(spark.createDataFrame(onePartition, table.schema()), target);
    } finally {
      shared.destroy();
    }
  }

  /**
   * Publishes rows that tasks make.
   *
   * @throws IllegalStateException if the file is there already
   */
  void publish(Table table, JavaRDD<Row> rows, Path target) {
    publish(spark.createDataFrame(rows, table.schema()).repartition(1), target);
  }

  private void publish(Dataset<Row> onePartition, Path target) {
    Path folder = new Path(staging, UUID.randomUUID().toString());
    try {
      refuseTaken(target);
      Path written = write(onePartition, folder);
      files.mkdirs(target.getParent());
      refuseTaken(target); // not every file system's rename refuses
      if (!files.rename(written, target)) {
        refuseTaken(target);
        throw new IOException("could not rename " + written);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot commit %s: %s".formatted(target, e.getMessage()), e);
    } finally {
      remove(folder);
    }
  }

  private Path write(Dataset<Row> onePartition, Path folder) throws IOException {
    try {
      writeFolder(onePartition, folder);
    } catch (Exception e) { // Spark's own is checked, though not declared
      IOException fault = ExceptionUtils.throwableOfType(e, IOException.class);
      if (fault == null) {
        throw e;
      }
      throw new IOException(fault.getMessage(), e);
    }
    List<Path> written =
        Arrays.stream(files.listStatus(folder))
            .map(FileStatus::getPath)
            .filter(path -> path.getName().endsWith(".parquet"))
            .toList();
    if (written.size() != 1) {
      throw new IOException("Spark wrote %d files instead of one".formatted(written.size()));
    }
    return written.get(0);
  }

  private static void writeFolder(Dataset<Row> onePartition, Path folder) {
    onePartition
        .write()
        .option("maxRecordsPerFile", 0)
        // Version 1 shows the file of one attempt only, however often the task was tried.
        .option("mapreduce.fileoutputcommitter.algorithm.version", 1)
        .option("mapreduce.fileoutputcommitter.marksuccessfuljobs", false)
        .parquet(folder.toString());
  }

  private void refuseTaken(Path target) throws IOException {
    if (files.exists(target)) {
      throw new IllegalStateException(
          "Cannot commit %s: it is there already, and a commit is never overwritten"
              .formatted(target));
    }
  }

  private void remove(Path folder) {
    try {
      files.delete(folder, true);
    } catch (IOException e) {
      // No reader looks there, so the commit holds.
      LOG.warn("Cannot remove {}: {}", folder, e.getMessage());
    }
  }
}
