package dev.kennel.table;

import static dev.kennel.table.Columns.count;
import static dev.kennel.table.Columns.figure;
import static dev.kennel.table.Columns.integer;
import static dev.kennel.table.Columns.labels;
import static dev.kennel.table.Columns.optional;
import static dev.kennel.table.Columns.since;
import static dev.kennel.table.Columns.text;
import static dev.kennel.table.Columns.time;

import java.util.Locale;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The tables of a run, with the schema of their files.
 *
 * <p>Every table has the column {@code run_id} as well: it is the partition folder, so it is not in
 * the files. Each column carries its meaning, unit and range in its metadata, under {@code
 * comment}, and under {@code since} the version of the tables that it came with.
 *
 * <p>Rows of every older version can be read: a column that they lack is null. Columns are only
 * ever added; one that is renamed, or means something else, is another column.
 */
public enum Table {
  /** One row a run: what was trained, on what, with what, and how it ended. */
  RUNS(
      time("started_at", "When the driver began"),
      optional(time("finished_at", "When the run ended; absent while it runs")),
      text("status", "running, finished or failed"),
      optional(text("failure", "The message of the error that ended a failed run")),
      text("master", "URL of the Spark master"),
      optional(integer("workers", "Training tasks that work at once, from 1")),
      count("seed", "Seed of the split, the first parameters and the order of the examples"),
      optional(count("images", "Labelled images that were read, without the rejected ones")),
      optional(count("train_images", "Images to train on")),
      optional(count("validation_images", "Images to validate on")),
      optional(count("test_images", "Images to test on")),
      optional(integer("classes", "Classes, from 2; labels are 0 to classes - 1")),
      text("settings", "Every setting of the job, as a JSON object"),
      text("kennel_version", "Version of Kennel"),
      text("git_commit", "Commit that Kennel was built from"),
      text("spark_version", "Version of Spark"),
      text("dl4j_version", "Version of Deeplearning4j"),
      text("java_version", "Version of the driver's Java"),
      text("cpu", "Model of the driver's processor"),
      since(
          2,
          optional(
              time(
                  "updated_at",
                  "When the row was written: a run has one for each of its states, and the latest counts"))),
      since(
          2,
          optional(
              integer(
                  "tables_version",
                  "Version of the tables that the run's rows were written as; absent: 1")))),

  /** One row a network, epoch and split: how good it was and how long it took. */
  EPOCHS(
      text("network", "Name of the network"),
      integer("epoch", "Epoch, from 1"),
      text(
          "split",
          "train (mean over the steps as they happened), validation or test (after it), of the model;"
              + " validation-raw or test-raw of the parameters, where it is their moving average"),
      count("examples", "Images that were trained on or tested"),
      figure("loss", "Mean cross entropy an image, in nats, from 0"),
      figure("accuracy", "Share of images whose label was predicted, 0 to 1"),
      figure("top5_accuracy", "Share of images whose label was among the five likeliest, 0 to 1"),
      figure("macro_f1", "Mean of the classes' F1, each class counting alike, 0 to 1"),
      figure("learning_rate", "Learning rate of the epoch's last step"),
      figure("seconds", "Wall-clock time, in seconds"),
      figure("images_per_second", "Examples divided by seconds")),

  /** One row a network, epoch and round: a fit of every worker, and an averaging. */
  ROUNDS(
      text("network", "Name of the network"),
      integer("epoch", "Epoch, from 1"),
      integer("round", "Round of the epoch, from 1"),
      integer("workers", "Workers that trained"),
      count("examples", "Images they were trained on, all together"),
      figure("fit_seconds", "Wall-clock time of the slowest worker's fit, in seconds"),
      figure(
          "wait_seconds",
          "Part of fit_seconds that a worker waited for images, at most, in seconds"),
      figure(
          "averaging_seconds",
          "From the end of the slowest fit until the last worker held the average, in seconds"),
      count(
          "bytes_exchanged",
          "Bytes of parameters and optimizer state that went from one process to another")),

  /** One row a network, split and class, after the last epoch. */
  CLASS_METRICS(
      text("network", "Name of the network"),
      text("split", "train, validation or test"),
      integer("label", "Index of the class, from 0"),
      text("class_name", "Name of the class"),
      figure("precision", "Share of the class's predictions that are right, 0 to 1"),
      figure("recall", "Share of the class's images that were found, 0 to 1"),
      figure("f1", "Harmonic mean of precision and recall, 0 to 1"),
      count("support", "Images of the class")),

  /** One row a network, split and pair of actual and predicted class, after the last epoch. */
  CONFUSION(
      text("network", "Name of the network"),
      text("split", "train, validation or test"),
      integer("actual_label", "Index of the image's class, from 0"),
      text("actual_class", "Name of the image's class"),
      integer("predicted_label", "Index of the predicted class, from 0"),
      text("predicted_class", "Name of the predicted class"),
      count("count", "Images of the actual class that were predicted to be of the other")),

  /** One row a network, split and image, after the last epoch. */
  PREDICTIONS(
      text("network", "Name of the network"),
      text("split", "train, validation or test"),
      text("path", "Where the image was read from"),
      integer("label", "Index of the image's class, from 0"),
      text("class_name", "Name of the image's class"),
      integer("predicted_label", "Index of the likeliest class, from 0"),
      text("predicted_class", "Name of the likeliest class"),
      figure("probability", "Probability of the likeliest class, 0 to 1"),
      figure("loss", "Cross entropy of the image, in nats, from 0"),
      labels("top5_labels", "Indices of the five likeliest classes, the likeliest first")),

  /** One row a network: how big it is. */
  NETWORKS(
      text("network", "Name of the network"),
      count("parameters", "Numbers that training adjusts"),
      count("running_statistics", "Means and variances that batch normalization keeps"),
      integer("input_size", "Side of the square input, in pixels"),
      count(
          "forward_flops_per_image",
          "Floating-point operations to predict one image; test-flip needs twice as many"),
      count(
          "parameter_bytes",
          "Bytes of parameters and running statistics: what is averaged and saved")),

  /**
   * One row an image that an inspection found fit for training; here, and in the rows that the
   * inspection adds to {@code duplicates} and {@code rejected_images}, {@code run_id} is its own.
   */
  IMAGES(
      text("path", "Where the image was read from"),
      count("bytes", "Size of the file"),
      integer("label", "Index of the class, from 0"),
      text("class_name", "Name of the class"),
      optional(text("split", "train, validation or test, if it is given; absent: training splits")),
      integer("width", "Columns of the upright image, in pixels"),
      integer("height", "Rows of the upright image, in pixels"),
      text("form", "Format and form of the file, such as JPEG 4:2:0 or PNG 16-bit grey"),
      figure("mean_red", "Mean of the whole image's red, 0 to 255"),
      figure("mean_green", "Mean of its green, 0 to 255"),
      figure("mean_blue", "Mean of its blue, 0 to 255"),
      text("sha256", "Hash of the file's bytes, in hexadecimal"),
      count(
          "perceptual_hash", "Difference hash: 64 bits, of which few differ if images look alike"),
      optional(text("truncated", "How much there is of an image that was cut short"))),

  /** One row an image that an inspection found to be there before, in the same bytes or nearly. */
  DUPLICATES(
      text("path", "Where the image was read from"),
      text("class_name", "Name of its class"),
      optional(text("split", "train, validation or test, if it is given")),
      text("other_path", "Where the image was read from that it is like, earlier in the listing"),
      text("other_class_name", "Name of that image's class"),
      optional(text("other_split", "train, validation or test, if it is given")),
      text("likeness", "copy (the same bytes) or near (the perceptual hashes)"),
      integer("distance", "Bits in which the perceptual hashes differ, from 0"),
      text("across", "splits if they lie in two, else classes if they lie in two, else none")),

  /** One row an image that was left out, and why. */
  REJECTED_IMAGES(
      text("path", "Where the image was read from"),
      count("bytes", "Size of the file"),
      text("reason", "Why the image was left out, as a short word to group by"),
      text("detail", "What was found, for a person to read"));

  /** The version of the tables that this code writes: the greatest {@code since} of a column. */
  public static final int VERSION = 2;

  @SuppressWarnings("ImmutableEnumChecker") // a StructType never changes, though nothing marks it
  private final StructType schema;

  Table(StructField... columns) {
    this.schema = new StructType(columns);
  }

  /** The name of the table's folder and of its view, such as {@code class_metrics}. */
  public String tableName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a row is, such as {@code a run: status, settings}. */
  public String description() {
    return switch (this) {
      case RUNS -> "a run: status, settings, seed, versions, numbers of images";
      case EPOCHS -> "a network, epoch and split: loss, accuracy, top-5, macro F1, seconds";
      case ROUNDS -> "a network, epoch and averaging: seconds of each part, bytes exchanged";
      case CLASS_METRICS -> "a class after the last epoch: precision, recall, F1";
      case CONFUSION -> "a pair of actual and predicted class, with its count";
      case PREDICTIONS -> "a test or validation image: predicted class, probability, loss";
      case NETWORKS -> "a network: parameters, operations, bytes";
      case IMAGES -> "an image that was inspected: class, size, form, mean colour, hashes";
      case DUPLICATES -> "an inspected image that is there before, in the same bytes or nearly";
      case REJECTED_IMAGES -> "a file that was left out, or taken though cut short, and why";
    };
  }

  /** The columns in a file of this table: all but {@code run_id}. */
  public StructType schema() {
    return schema;
  }

  /** Starts a row of this table. */
  public RowBuilder row() {
    return new RowBuilder(this);
  }
}
