package dev.kennel;

import dev.kennel.dataset.ImageSource.Listing;
import dev.kennel.dataset.WatchedJob;
import dev.kennel.image.DecodeOptions;
import dev.kennel.model.ListingPredictions;
import dev.kennel.model.ModelFolder;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;

/** Lets a trained model answer for images: list, read, predict, write rows. */
public final class PredictionJob {
  private final SparkSession spark;
  private final ModelFolder model;
  private final boolean acceptsTruncated;
  private final Console console;

  /** Takes the rows, in the order of the images; they can be gone through more than once. */
  public interface Output {
    /** Writes rows of {@link ListingPredictions#SCHEMA}. */
    void write(JavaRDD<Row> rows) throws IOException;
  }

  /**
   * A job on that session; the console is told what it does.
   *
   * @param acceptsTruncated whether of images that were cut short what is there is taken
   */
  public PredictionJob(
      SparkSession spark, ModelFolder model, boolean acceptsTruncated, Console console) {
    this.spark = spark;
    this.model = model;
    this.acceptsTruncated = acceptsTruncated;
    this.console = console;
  }

  /** Predicts for all images of a listing, then writes the rows. */
  public void run(Listing listing, Output output) throws IOException {
    console.say(
        "%s of run %s, %d classes, predicts for %d %s",
        model.description().network(),
        model.description().runId(),
        model.description().classes(),
        listing.count(),
        listing.count() == 1 ? "file" : "files");
    DecodeOptions options = model.description().decoding(acceptsTruncated);
    LongAccumulator done = spark.sparkContext().longAccumulator("images answered");
    JavaRDD<Row> rows =
        ListingPredictions.of(spark, model, listing, options, done)
            .persist(StorageLevel.DISK_ONLY()); // predicted once, whatever is done with them
    try {
      long start = System.nanoTime();
      Map<String, Long> reasons = count(rows, listing.count(), done);
      double seconds = (System.nanoTime() - start) / 1e9;
      long rejected = reasons.values().stream().mapToLong(Long::longValue).sum();
      console.say(
          "Predicted for %d of them in %.1f s, %.1f images/s",
          listing.count() - rejected, seconds, listing.count() / seconds);
      if (rejected > 0) {
        console.say(
            "Not read, with the reason in their rows: %s",
            reasons.entrySet().stream()
                .map(reason -> reason.getValue() + " " + reason.getKey())
                .collect(Collectors.joining(", ")));
      }
      output.write(rows);
    } finally {
      rows.unpersist();
    }
  }

  /** Lets the executors work, and counts by reason what could not be read. */
  private Map<String, Long> count(JavaRDD<Row> rows, int images, LongAccumulator done) {
    try (PreparationProgress progress = console.predicting(images)) {
      return new TreeMap<>(
          WatchedJob.await(
                  rows.map(row -> reason(row)).filter(reason -> !reason.isEmpty()).collectAsync(),
                  done,
                  progress)
              .stream()
              .collect(Collectors.groupingBy(reason -> reason, Collectors.counting())));
    }
  }

  /** Why there is no prediction; empty if there is one. */
  private static String reason(Row row) {
    String reason = row.getAs("reason");
    return reason == null ? "" : reason;
  }
}
