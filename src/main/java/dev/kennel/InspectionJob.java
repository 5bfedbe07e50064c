package dev.kennel;

import dev.kennel.config.Settings;
import dev.kennel.config.UserError;
import dev.kennel.dataset.Classes;
import dev.kennel.dataset.Duplicates;
import dev.kennel.dataset.ImageInspection;
import dev.kennel.dataset.ImageSource.Listing;
import dev.kennel.dataset.InspectedImage;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Looks at images before any training: lists, decodes, compares, appends rows, reports. */
public final class InspectionJob {
  private static final String KEY = "inspection";

  /** Images whose rows a task makes: it is sent less than a megabyte. */
  private static final int ROWS_A_TASK = 2000;

  private final SparkSession spark;
  private final Settings settings;
  private final int nearDistance;
  private final Console console;

  /**
   * A job on that session; the console is told what it does.
   *
   * @param nearDistance the most bits in which the perceptual hashes of near duplicates differ
   */
  public InspectionJob(SparkSession spark, Settings settings, int nearDistance, Console console) {
    this.spark = spark;
    this.settings = settings;
    this.nearDistance = nearDistance;
    this.console = console;
  }

  /**
   * Runs the job and returns what there is to be said of the images, in lines.
   *
   * @throws UserError for mistakes in the settings, or where images cannot be listed or tables not
   *     be written; files that are no images are none
   */
  public String run() throws IOException {
    RunTables.makeOutput(spark, settings);
    Listing listing = ReadImages.list(spark, settings, console);
    ImageInspection inspection;
    try (PreparationProgress progress = console.preparing(listing.count())) {
      inspection = ImageInspection.of(spark, listing, settings.images(), progress);
    }
    List<Duplicates.Pair> copies = Duplicates.copies(inspection.taken());
    List<Duplicates.Pair> near = Duplicates.near(inspection.taken(), nearDistance);
    String runId = RunId.at(Instant.now());
    commit(
        runId,
        listing.classes(),
        inspection,
        Stream.concat(copies.stream(), near.stream()).toList());
    console.say(
        "Inspection %s is in the tables images, duplicates and rejected_images in %s/tables",
        runId, settings.output());
    return InspectionReport.of(listing.classes(), settings.images(), inspection, copies, near);
  }

  /** The rows of {@code images} come last, so that whoever sees them finds the others. */
  private void commit(
      String runId, Classes classes, ImageInspection inspection, List<Duplicates.Pair> pairs) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<InspectedImage> taken = inspection.taken();
    JavaRDD<Row> images =
        sc.parallelize(taken, taken.size() / ROWS_A_TASK + 1)
            .map(image -> Rows.image(image, classes));
    try {
      TableStore store = new TableStore(spark, settings.output());
      store.commit(Table.REJECTED_IMAGES, runId, KEY, Rows.rejected(inspection.rejected()));
      store.commit(Table.DUPLICATES, runId, KEY, Rows.duplicates(pairs, classes));
      store.commit(Table.IMAGES, runId, KEY, images);
    } catch (UncheckedIOException e) {
      throw RunTables.cannotWrite(settings, e);
    }
  }
}
