package dev.kennel.cli;

import dev.kennel.Console;
import dev.kennel.PredictionJob;
import dev.kennel.config.UserError;
import dev.kennel.dataset.ImageSource;
import dev.kennel.dataset.ImageSource.Listing;
import dev.kennel.model.ModelFolder;
import dev.kennel.network.Network;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kennel predict}: what a trained model says of images. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    sortOptions = false,
    description = {
      "Lets a trained model say what is in images: the likeliest class, its probability, and the five",
      "best. An image that cannot be read has a row that says why. Large sets are shared among the",
      "executors.%n"
    },
    footer = {
      "",
      "Columns: path, predicted_label, predicted_class, probability, top5_classes, top5_probabilities,",
      "reason, detail. Training saves its models in OUTPUT/models/RUN_ID/NETWORK.",
      "",
      "Examples:",
      "  kennel predict --model dogs-run/models/20260131-120000-1a2b/resnet18 --images rex.jpg",
      "  kennel predict --model MODEL --images photos more.zip --file predictions.csv",
      "  kennel predict --model MODEL --manifest s3a://bucket/new.parquet --path-column file \\",
      "    --file s3a://bucket/predictions.parquet"
    })
final class PredictCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "Folder of a trained model.")
  private String model;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      arity = "1..*",
      description =
          "Images: files, folders (with all folders in them), .zip, .tar or .tar.gz; one or more.")
  private List<String> images = new ArrayList<>();

  @Option(
      names = "--manifest",
      paramLabel = "TABLE",
      description =
          "In place of --images, a table with a row an image: a CSV, TSV or JSON file, Parquet, or a"
              + " table that Spark knows. Paths are relative to it.")
  private Optional<String> manifest = Optional.empty();

  @Option(
      names = "--path-column",
      paramLabel = "NAME",
      defaultValue = "path",
      description = "Its column of paths (default: ${DEFAULT-VALUE}).")
  private String pathColumn;

  @Option(
      names = "--accept-truncated",
      description = "Take what there is of images that were cut short; their rows say so.")
  private boolean acceptsTruncated;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "Where the rows go, on any file system; must not exist (default: standard output).")
  private Optional<String> file = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "table, csv, json (a row a line) or parquet (default: by the ending of --file; else table).")
  private Optional<PredictionFormat> format = Optional.empty();

  @Override
  public Integer call() throws IOException {
    if (images.isEmpty() == manifest.isEmpty()) {
      throw new UserError(
          images.isEmpty()
              ? "Cannot predict without images: name them by --images or --manifest"
              : "Cannot use --images together with --manifest: give one or the other");
    }
    PredictionOutput output = PredictionOutput.of(format, file, SparkSessions.hadoop());
    ModelFolder folder = ModelFolder.open(SparkSessions.hadoop(), model);
    try (SparkSession spark = SparkSessions.forTraining(parameterBytes(folder), 1)) {
      Console console = Console.ofProcess();
      PredictionJob job = new PredictionJob(spark, folder, acceptsTruncated, console);
      job.run(listing(spark), rows -> output.write(spark, rows));
      file.ifPresent(written -> console.say("Wrote %s", written));
    }
    return 0;
  }

  private Listing listing(SparkSession spark) {
    return manifest.isPresent()
        ? ImageSource.unlabelled(spark, manifest.get(), pathColumn)
        : ImageSource.unlabelled(spark, images);
  }

  private static long parameterBytes(ModelFolder folder) {
    return Network.of(folder.description().network())
        .size(folder.description().classes(), folder.description().imageSize())
        .parameterBytes();
  }
}
