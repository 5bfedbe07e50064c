package dev.kennel.dataset;

import dev.kennel.config.ImageSettings;
import dev.kennel.config.UserError;
import dev.kennel.dataset.Preparation.Known;
import dev.kennel.image.DecodeOptions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * The images of a listing, each read once, on the executors, and decoded to 8-bit pixels of every
 * size that the networks want, unless an earlier run has done that. The pixels are in a {@link
 * PixelCache}. What cannot be decoded is kept as a file with the reason.
 */
public final class PreparedImages {
  private static final int NAMED = 3; // files that an error names
  private static final int POLL_MILLIS = 200;

  private final JavaSparkContext spark;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final List<ImageFile> files;
  private final Map<Integer, PixelCache.Index> bySize;
  private final long decodedNow;
  private final double seconds;

  private PreparedImages(
      JavaSparkContext spark,
      Broadcast<SerializableConfiguration> hadoop,
      List<ImageFile> files,
      Map<Integer, PixelCache.Index> bySize,
      long decodedNow,
      double seconds) {
    this.spark = spark;
    this.hadoop = hadoop;
    this.files = files;
    this.bySize = bySize;
    this.decodedNow = decodedNow;
    this.seconds = seconds;
  }

  /**
   * Prepares a listing. One that is interrupted has lost no more than what was in work.
   *
   * @param sizes wanted, in pixels
   * @param settings how images are decoded
   * @param cache the folder of the prepared pixels; all executors must see it
   * @param progress told now and then how many images have been read
   */
  public static PreparedImages prepare(
      SparkSession spark,
      ImageSource.Listing listing,
      List<Integer> sizes,
      ImageSettings settings,
      String cache,
      IntConsumer progress) {
    long start = System.nanoTime();
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    DecodeOptions options = options(settings, sizes);
    PixelCache pixels = new PixelCache(cache, options);
    Known known = known(index(sc, hadoop, pixels, sizes));
    Broadcast<Known> shared = sc.broadcast(known);
    LongAccumulator done = sc.sc().longAccumulator("images read");
    Preparation preparation =
        new Preparation(List.copyOf(sizes), options, pixels, shared, hadoop, done);
    List<ImageFile> files =
        await(listing.images().javaRDD().mapPartitions(preparation).collectAsync(), done, progress)
            .stream()
            .sorted(Comparator.comparingInt(ImageFile::id))
            .toList();
    shared.destroy();
    long decodedNow =
        files.stream()
            .filter(file -> !file.isRejected() && !known.contains(file.sha256()))
            .map(ImageFile::sha256)
            .distinct()
            .count();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new PreparedImages(
        sc, hadoop, files, index(sc, hadoop, pixels, sizes), decodedNow, seconds);
  }

  /** How images are decoded for these sizes. */
  static DecodeOptions options(ImageSettings settings, List<Integer> sizes) {
    int target =
        settings.mayReduce() ? sizes.stream().mapToInt(Integer::intValue).max().orElseThrow() : 0;
    return new DecodeOptions(
        DecodeOptions.DEFAULT.maxPixels(), settings.acceptsTruncated(), target);
  }

  private static Map<Integer, PixelCache.Index> index(
      JavaSparkContext sc,
      Broadcast<SerializableConfiguration> hadoop,
      PixelCache cache,
      List<Integer> sizes) {
    Map<Integer, PixelCache.Index> bySize = new HashMap<>();
    sizes.forEach(size -> bySize.put(size, cache.index(sc, hadoop, size)));
    return bySize;
  }

  private static Known known(Map<Integer, PixelCache.Index> bySize) {
    Iterator<PixelCache.Index> indices = bySize.values().iterator();
    PixelCache.Index first = indices.next();
    Set<String> all = new HashSet<>(first.fileOf().keySet());
    indices.forEachRemaining(index -> all.retainAll(index.fileOf().keySet()));
    return new Known(all, first.truncated());
  }

  private static <T> T await(JavaFutureAction<T> job, LongAccumulator done, IntConsumer progress) {
    try {
      while (true) {
        try {
          return job.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) { // not ready
          progress.accept(done.value().intValue());
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Cannot prepare the images: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      job.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while images were prepared", e);
    }
  }

  /** The files that were decoded, in the listing's order. */
  public List<ImageFile> accepted() {
    return files.stream().filter(file -> !file.isRejected()).toList();
  }

  /** Those of them that were cut short, in the listing's order. */
  public List<ImageFile> truncated() {
    return files.stream().filter(ImageFile::isTruncated).toList();
  }

  /** How many different images were decoded. */
  public long decodedNow() {
    return decodedNow;
  }

  /** How many images an earlier run had decoded, or were copies. */
  public long decodedBefore() {
    return accepted().size() - decodedNow;
  }

  /** How long it took. */
  public double seconds() {
    return seconds;
  }

  /** The files that were not, in the listing's order. */
  public List<ImageFile> rejected() {
    return files.stream().filter(ImageFile::isRejected).toList();
  }

  /**
   * Checks that not too many files are rejected.
   *
   * @throws UserError if more than that share are; the message counts reasons and names the first
   *     files
   */
  public void checkRejected(double maxRejected) {
    List<ImageFile> rejected = rejected();
    // Divided, not multiplied: as doubles, 0.29 * 100 is less than 29.
    if ((double) rejected.size() / files.size() > maxRejected) {
      throw new UserError(
          String.format(
              Locale.ROOT,
              "Cannot train: %d of %d files (%.1f %%) are no images that can be decoded, more than"
                  + " max-rejected allows (%.1f %%): %s; the first: %s; mend them or raise"
                  + " --max-rejected",
              rejected.size(),
              files.size(),
              100.0 * rejected.size() / files.size(),
              100 * maxRejected,
              ImageFile.reasons(rejected),
              rejected.stream()
                  .limit(NAMED)
                  .map(file -> file.path() + " (" + file.reason() + ": " + file.detail() + ")")
                  .collect(Collectors.joining(", "))));
    }
  }

  /**
   * Images with their pixels of a size, read from the cache by as many tasks as it has files.
   *
   * @param wanted the images: one side of a split; {@link PreparedImage#index} is the position
   *     there
   */
  public JavaRDD<PreparedImage> images(List<ImageFile> wanted, int size) {
    PixelCache.Index index = bySize.get(size);
    List<WantedPixels> byFile = index.files().stream().map(WantedPixels::new).toList();
    for (int i = 0; i < wanted.size(); i++) {
      ImageFile image = wanted.get(i);
      byFile.get(index.fileOf().get(image.sha256())).add(image, i);
    }
    List<WantedPixels> parts = byFile.stream().filter(file -> !file.isEmpty()).toList();
    Broadcast<SerializableConfiguration> configuration = hadoop;
    return spark
        .parallelize(parts, Math.max(1, parts.size()))
        .flatMap(part -> part.read(configuration.value().value()));
  }

  /**
   * The same in so many partitions of a size that differs by one at most, by one shuffle of
   * Spark's, which stays until the RDD's {@code cleanShuffleDependencies}.
   */
  public JavaRDD<PreparedImage> shared(List<ImageFile> wanted, int size, int partitions) {
    return images(wanted, size)
        .mapToPair(image -> new Tuple2<>(image.index(), image))
        .partitionBy(new HashPartitioner(partitions))
        .values();
  }
}
