import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads the tables of one run over and over with Spark's plain reader, while other processes write
 * them, are killed and go on: there must never be an error, nor a part of an epoch. See {@code
 * kill-driver.sh}.
 */
final class PollTables {
  private static final List<String> TABLES =
      List.of(
          "runs", "networks", "epochs", "rounds", "predictions", "class_metrics", "confusion",
          "rejected_images");

  private final SparkSession spark;
  private final String tables;
  private final Map<String, Long> most = new HashMap<>(); // rows of a table so far
  private final Map<String, Set<Long>> sizes = new HashMap<>(); // of a network's predictions

  private PollTables(SparkSession spark, String output) {
    this.spark = spark;
    this.tables = output + "/tables/";
  }

  /** The output folder; a file that ends it when it is there. */
  public static void main(String[] arguments) throws Exception {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .appName("poll tables")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      PollTables poller = new PollTables(spark, arguments[0]);
      int polls = 0;
      boolean isLast;
      do {
        isLast = Files.exists(Path.of(arguments[1]));
        if (poller.hasRun()) {
          poller.poll();
          polls++;
        }
        Thread.sleep(200); // leaves the processors to the run
      } while (!isLast);
      System.out.printf(
          "%d polls, at last %d rows of epochs, predictions of a network: %s%n",
          polls, poller.most.get("epochs"), poller.sizes);
    }
  }

  private boolean hasRun() throws Exception {
    org.apache.hadoop.fs.Path runs = new org.apache.hadoop.fs.Path(tables + "runs");
    FileSystem files = runs.getFileSystem(spark.sparkContext().hadoopConfiguration());
    try {
      var found = files.listFiles(runs, true);
      while (found.hasNext()) {
        if (found.next().getPath().getName().endsWith(".parquet")) {
          return true;
        }
      }
    } catch (FileNotFoundException e) {
      return false; // no run has begun
    }
    return false;
  }

  private void poll() {
    for (String table : TABLES) {
      Dataset<Row> rows = spark.read().parquet(tables + table);
      long count = rows.count();
      check(count >= most.getOrDefault(table, 0L), table + " has fewer rows than before");
      most.put(table, count);
    }
    Dataset<Row> epochs = spark.read().parquet(tables + "epochs");
    check(
        epochs.groupBy("network", "epoch").count().where("count <> 2").isEmpty(),
        "an epoch has not one row of train and one of test");
    for (Row row :
        spark.read().parquet(tables + "predictions").groupBy("network").count().collectAsList()) {
      Set<Long> seen = sizes.computeIfAbsent(row.getString(0), network -> new HashSet<>());
      seen.add(row.getLong(1));
      check(seen.size() == 1, "there was a part of the predictions of " + row.getString(0));
    }
  }

  private static void check(boolean isRight, String otherwise) {
    if (!isRight) {
      throw new IllegalStateException(otherwise);
    }
  }
}
