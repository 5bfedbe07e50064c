package dev.kennel.bench;

import dev.kennel.config.ImageSettings;
import dev.kennel.config.UserError;
import dev.kennel.dataset.ImageSource;
import dev.kennel.dataset.PreparedImage;
import dev.kennel.dataset.PreparedImages;
import dev.kennel.image.Augmentation;
import dev.kennel.image.BatchMixing;
import dev.kennel.training.BatchPlan;
import dev.kennel.training.Batches;
import dev.kennel.training.EpochImages;
import dev.kennel.training.ImageSizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Times how fast prepared images become training batches, flipped and shifted: read from their
 * Parquet files as they lie there, and dealt out anew as each epoch of a training does.
 *
 * @param images to be prepared, if they are not
 * @param settings of their decoding, as for a training
 * @param cache the folder of the prepared images
 * @param imageSize in pixels
 * @param batch images of a batch
 * @param passes over all images that are timed, after a warm-up
 */
public record BatchBenchmark(
    ImageSource.Listing images,
    ImageSettings settings,
    String cache,
    int imageSize,
    int batch,
    int passes) {
  private static final int WARM_UP = 3; // passes

  /** Images of a pass, beside which starting its jobs is small. */
  private static final int ENOUGH = 10_000;

  private static final int MOST_TIMES = 20;
  private static final int STEPS = 32; // of a round
  private static final double SHIFT = 0.1; // of the side, as in a training

  /**
   * Runs it on all cores of the session.
   *
   * @return one line of JSON: images a second in the median pass; the images of a pass, in which
   *     few images come several times
   * @throws UserError if none of the images can be decoded
   */
  public String run(SparkSession spark, String version) {
    PreparedImages prepared =
        PreparedImages.prepare(spark, images, List.of(imageSize), settings, cache, read -> {});
    int files = prepared.accepted().size();
    if (files == 0) {
      throw new UserError("Cannot time reading: none of the images can be decoded");
    }
    int times = Math.min(Math.max((ENOUGH + files / 2) / files, 1), MOST_TIMES);
    int count = times * files;
    JavaRDD<PreparedImage> pixels =
        repeated(JavaSparkContext.fromSparkContext(spark.sparkContext()), prepared, times);
    int cores = spark.sparkContext().defaultParallelism();
    BatchPlan plan = BatchPlan.of(count, cores, batch, STEPS);
    Augmentation varied = new Augmentation((int) (SHIFT * imageSize), true);
    Batches batches =
        new Batches(
            plan,
            ImageSizes.of(imageSize),
            images.classes().size(),
            varied,
            BatchMixing.NONE,
            0,
            0);
    double asTheyLie = median(pass -> read(pixels, batches, batch, count));
    double dealtOut;
    try (EpochImages epochs = new EpochImages(pixels, plan, 0)) {
      dealtOut = median(pass -> dealt(epochs, batches, pass + 1));
    }
    return String.format(
        Locale.ROOT,
        "{\"engine\": \"kennel %s\", \"images\": %d, \"image_size\": %d, \"batch\": %d,"
            + " \"cores\": %d, \"read_images_per_second\": %.0f,"
            + " \"shuffled_images_per_second\": %.0f}",
        version,
        count,
        imageSize,
        batch,
        cores,
        count / asTheyLie,
        count / dealtOut);
  }

  /** The images so many times over, each with an index of its own. */
  private JavaRDD<PreparedImage> repeated(
      JavaSparkContext spark, PreparedImages prepared, int times) {
    int files = prepared.accepted().size();
    List<JavaRDD<PreparedImage>> all = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      int first = i * files;
      all.add(
          prepared
              .images(prepared.accepted(), imageSize)
              .map(
                  one ->
                      new PreparedImage(one.id(), first + one.index(), one.label(), one.pixels())));
    }
    return spark.union(all.toArray(JavaRDD[]::new));
  }

  /** Batches of what each file holds. */
  private static void read(JavaRDD<PreparedImage> pixels, Batches batches, int batch, int count) {
    long made =
        pixels
            .mapPartitions(part -> List.of(count(inOrder(part, batches, batch))).iterator())
            .reduce(Integer::sum);
    check(made, count);
  }

  private static Iterator<MultiDataSet> inOrder(
      Iterator<PreparedImage> images, Batches batches, int batch) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return images.hasNext();
      }

      @Override
      public MultiDataSet next() {
        List<PreparedImage> taken = new ArrayList<>(batch);
        while (taken.size() < batch && images.hasNext()) {
          taken.add(images.next());
        }
        return batches.batch(taken, 1, 0);
      }
    };
  }

  private static void dealt(EpochImages epochs, Batches batches, int epoch) {
    long made = 0;
    for (int round = 0; round < batches.plan().rounds(epoch); round++) {
      int of = round;
      made +=
          epochs
              .round(epoch, round)
              .mapPartitionsWithIndex(
                  (worker, part) ->
                      List.of(count(batches.round(part, worker, epoch, of))).iterator(),
                  true)
              .reduce(Integer::sum);
    }
    check(made, batches.plan().images());
  }

  private static int count(Iterator<MultiDataSet> batches) {
    int images = 0;
    while (batches.hasNext()) {
      MultiDataSet batch = batches.next();
      images += (int) batch.getFeatures(0).size(0);
      batch.getFeatures(0).close();
      batch.getLabels(0).close();
    }
    return images;
  }

  private static void check(long made, long expected) {
    if (made != expected) {
      throw new IllegalStateException("Made batches of " + made + " images, not " + expected);
    }
  }

  private double median(IntConsumer pass) {
    double[] seconds = new double[passes];
    for (int i = -WARM_UP; i < passes; i++) {
      long start = System.nanoTime();
      pass.accept(i + WARM_UP);
      if (i >= 0) {
        seconds[i] = (System.nanoTime() - start) / 1e9;
      }
    }
    Arrays.sort(seconds);
    return seconds[passes / 2];
  }
}
