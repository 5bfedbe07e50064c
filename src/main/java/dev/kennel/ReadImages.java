package dev.kennel;

import dev.kennel.config.ImageSettings;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.Settings;
import dev.kennel.dataset.Classes;
import dev.kennel.dataset.ImageSource;
import dev.kennel.dataset.ImageSource.Listing;
import dev.kennel.dataset.PreparedImages;
import dev.kennel.dataset.SampleImages;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * The images of an application's jobs: those that several jobs want in the same sizes are listed,
 * read and decoded for the first of them.
 */
public final class ReadImages {
  private final Map<Wanted, Read> read = new HashMap<>();

  /** What images depend on. */
  private record Wanted(ImageSettings source, List<Integer> sizes, String output, String cache) {}

  /** Images that were read. */
  record Read(Classes classes, PreparedImages prepared) {}

  /** The images of these settings, which are read now if no job has wanted them. */
  Read of(SparkSession spark, Settings settings, Console console) throws IOException {
    List<Integer> sizes =
        settings.networks().values().stream().map(NetworkSettings::imageSize).distinct().toList();
    Wanted wanted = new Wanted(settings.images(), sizes, settings.output(), settings.cache());
    Read before = read.get(wanted);
    if (before != null) {
      console.say("The %d images are read already", before.prepared.accepted().size());
      return before;
    }
    Listing listing = list(spark, settings, console);
    PreparedImages prepared;
    try (PreparationProgress progress = console.preparing(listing.count())) {
      prepared =
          PreparedImages.prepare(
              spark, listing, sizes, settings.images(), settings.cache(), progress);
    }
    console.read(prepared, settings.cache(), settings.output() + RunTables.FOLDER);
    Read now = new Read(listing.classes(), prepared);
    read.put(wanted, now);
    return now;
  }

  /** Whether some of the images are for validation; they are read now to tell, if they must be. */
  public boolean areValidated(SparkSession spark, Settings settings, Console console)
      throws IOException {
    return settings.images().validationFraction() > 0
        || of(spark, settings, console).prepared.accepted().stream()
            .anyMatch(image -> image.split().equals("validation"));
  }

  /** Lists the images of the settings; without any, the samples, which are unpacked to be read. */
  static Listing list(SparkSession spark, Settings settings, Console console) throws IOException {
    ImageSettings source = settings.images();
    if (source.areSamples()) {
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      source = source.withFolder(SampleImages.unpack(hadoop, settings.output()));
    }
    Listing listing = ImageSource.list(spark, source, settings.output() + "/unpacked");
    console.listed(listing, settings.images().areSamples());
    return listing;
  }
}
