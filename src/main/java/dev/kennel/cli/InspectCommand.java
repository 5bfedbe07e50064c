package dev.kennel.cli;

import dev.kennel.Console;
import dev.kennel.InspectionJob;
import dev.kennel.config.Settings;
import dev.kennel.config.UserError;
import dev.kennel.dataset.Duplicates;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kennel inspect}: what the images are like, before any training. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    sortOptions = false,
    description =
        "Looks at images before any training: reads every file as training would, and prints"
            + " classes with their counts, sizes and forms, what would be rejected and why,"
            + " duplicates (in the same bytes, or looking alike) within and across splits, and mean"
            + " and deviation of each channel over the centre squares of 224 pixels. The tables"
            + " images, duplicates and rejected_images have all of it. Without images it takes the"
            + " sample images that come with it.%n",
    footer = {
      "",
      "Examples:",
      "  kennel inspect --images dogs/Images --output dogs-run",
      "  kennel inspect --train-images split/train --test-images split/test",
      "  kennel inspect --manifest dogs.csv --near-distance 6",
      "  kennel sql \"select form, count(*), min(width) from images group by form\""
    })
final class InspectCommand implements Callable<Integer> {
  @Mixin private ImageOptions settings;

  @Option(
      names = "--near-distance",
      paramLabel = "BITS",
      defaultValue = "3",
      description =
          "Images look alike if the 64 bits of their perceptual hashes differ in so many at most"
              + " (default: ${DEFAULT-VALUE}).")
  private int nearDistance;

  @Override
  public Integer call() throws IOException {
    if (nearDistance < 0 || nearDistance > Duplicates.MOST_DISTANCE) {
      throw new UserError(
          "Cannot use --near-distance %d: it is 0 to %d"
              .formatted(nearDistance, Duplicates.MOST_DISTANCE));
    }
    Settings loaded = settings.load();
    try (SparkSession spark = SparkSessions.forQueries()) {
      System.out.print(new InspectionJob(spark, loaded, nearDistance, Console.ofProcess()).run());
    }
    System.out.printf(
        "%nTo ask more:  kennel sql \"select path, width, height, form from images\" --output %s%n"
            + "To train:     kennel train %s%n",
        loaded.output(), settings.arguments());
    return 0;
  }
}
