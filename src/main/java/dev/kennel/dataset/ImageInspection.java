package dev.kennel.dataset;

import dev.kennel.config.ImageSettings;
import dev.kennel.dataset.Decoder.Decoded;
import dev.kennel.dataset.InspectedImage.Look;
import dev.kennel.image.DecodeOptions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What the images of a listing are like: each is read once, on the executors, and decoded in full,
 * and nothing of its pixels is kept.
 *
 * @param taken those that can be trained on, in the listing's order
 * @param rejected the other files, in the listing's order
 */
public record ImageInspection(List<InspectedImage> taken, List<ImageFile> rejected)
    implements Serializable {
  /** Side, in pixels, of the centre squares whose channels are measured. */
  public static final int SIZE = 224;

  /**
   * Inspects a listing.
   *
   * @param progress told now and then how many images have been read
   */
  public static ImageInspection of(
      SparkSession spark,
      ImageSource.Listing listing,
      ImageSettings settings,
      IntConsumer progress) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    LongAccumulator done = sc.sc().longAccumulator("images read");
    DecodeOptions options =
        new DecodeOptions(DecodeOptions.DEFAULT.maxPixels(), settings.acceptsTruncated(), 0);
    List<ImageInspection> parts =
        WatchedJob.await(
            listing
                .images()
                .javaRDD()
                .mapPartitions(rows -> inspect(rows, options, hadoop.value().value(), done))
                .collectAsync(),
            done,
            progress);
    ImageInspection inspection = together(parts);
    int found = inspection.taken.size() + inspection.rejected.size();
    if (found != listing.count()) {
      throw new IllegalStateException(
          "Cannot inspect the images: %d were listed, and %d were taken or rejected"
              .formatted(listing.count(), found));
    }
    return inspection;
  }

  private static Iterator<ImageInspection> inspect(
      Iterator<Row> rows, DecodeOptions options, Configuration hadoop, LongAccumulator done) {
    ImageInspection part = new ImageInspection(new ArrayList<>(), new ArrayList<>());
    while (rows.hasNext()) {
      Decoded<Look> decoded =
          Decoder.decode(
              rows.next(),
              options,
              sha256 -> Optional.empty(),
              (bytes, image) -> Look.of(bytes, image, SIZE),
              hadoop);
      decoded
          .content()
          .ifPresentOrElse(
              look -> part.taken.add(new InspectedImage(decoded.file(), look)),
              () -> part.rejected.add(decoded.file()));
    }
    done.add(part.taken.size() + part.rejected.size());
    return List.of(part).iterator();
  }

  private static ImageInspection together(List<ImageInspection> parts) {
    return new ImageInspection(
        parts.stream()
            .flatMap(part -> part.taken.stream())
            .sorted(Comparator.comparingInt(image -> image.file().id()))
            .toList(),
        parts.stream()
            .flatMap(part -> part.rejected.stream())
            .sorted(Comparator.comparingInt(ImageFile::id))
            .toList());
  }

  /** Red, green and blue of all centre squares together. */
  public List<ChannelSum> channels() {
    return IntStream.range(0, ChannelSum.CHANNELS)
        .mapToObj(
            channel ->
                taken.stream()
                    .map(image -> image.look().channels().get(channel))
                    .reduce(ChannelSum.NONE, ChannelSum::plus))
        .toList();
  }
}
