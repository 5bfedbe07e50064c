package dev.kennel.dataset;

import dev.kennel.config.UserError;
import dev.kennel.dataset.Decoder.Decoded;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * The images of a listing, each read and decoded once, on the executors, to 8-bit pixels of every
 * size that the networks want. What cannot be decoded is kept as a file with the reason.
 */
public final class DecodedImages implements AutoCloseable {
  private static final int NAMED = 3; // files that an error names

  private final JavaRDD<Decoded> images;
  private final List<ImageFile> files;

  private DecodedImages(JavaRDD<Decoded> images, List<ImageFile> files) {
    this.images = images;
    this.files = files;
  }

  /** Decodes a listing; {@link PreparedImage#pixels()} has the sizes in the order given. */
  public static DecodedImages decode(
      SparkSession spark, ImageFolder.Listing listing, List<Integer> sizes) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    List<Integer> wanted = List.copyOf(sizes);
    JavaRDD<Decoded> images =
        listing
            .images()
            .javaRDD()
            .map(row -> Decoder.decode(row, wanted, hadoop.value().value()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    List<ImageFile> files =
        images.map(Decoded::file).collect().stream()
            .sorted(Comparator.comparingInt(ImageFile::id))
            .toList();
    return new DecodedImages(images, files);
  }

  /** The files that were decoded, in the listing's order. */
  public List<ImageFile> accepted() {
    return files.stream().filter(file -> !file.isRejected()).toList();
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
   * Brings images together in shards, one a partition, cached on the executors.
   *
   * @param files the images wanted: one side of a split
   * @param shards their number; sizes differ by one at most, and each has its part of every class
   * @param seed of the order in which images are dealt out
   */
  public JavaRDD<Shard> shards(List<ImageFile> files, int shards, long seed) {
    Map<Integer, Integer> assignment = Split.deal(files, shards, seed);
    Broadcast<Map<Integer, Integer>> shardOf =
        JavaSparkContext.fromSparkContext(images.context()).broadcast(assignment);
    JavaRDD<Shard> result =
        images
            .filter(image -> shardOf.value().containsKey(image.file().id()))
            .mapToPair(
                image -> {
                  ImageFile f = image.file();
                  return new Tuple2<>(
                      shardOf.value().get(f.id()),
                      new PreparedImage(f.id(), f.path(), f.label(), image.pixels()));
                })
            .partitionBy(new ShardPartitioner(shards))
            .values()
            .mapPartitions(list -> List.of(Shard.of(list)).iterator(), true)
            .persist(StorageLevel.MEMORY_AND_DISK());
    result.foreach(shard -> {}); // fills the cache, before the decoded images are let go
    return result;
  }

  /** Lets the executors forget the decoded images; shards stay. */
  @Override
  public void close() {
    images.unpersist(false);
  }
}
