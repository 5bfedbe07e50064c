package dev.kennel.cli;

import dev.kennel.Console;
import dev.kennel.config.Settings;
import dev.kennel.config.SweepPlan;
import dev.kennel.config.UserError;
import dev.kennel.sweep.Ranking;
import dev.kennel.sweep.Sweep;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kennel sweep}: which settings are best. */
@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    sortOptions = false,
    description = {
      "Searches over settings by successive halving: all candidates are trained for a few epochs, the "
          + "best third of them anew for three times as many, and so on. Each network is ranked by itself, "
          + "by its images for validation, of which there must be some; of a tie, the candidate that comes "
          + "first is taken. One whose training diverges is last.",
      "",
      "FILE holds settings, as a file for --config does, and a block that says what is tried:",
      "",
      "  networks = [resnet18]",
      "  validation-fraction = 0.2",
      "  epochs = 18                     # of the last round",
      "  sweep {",
      "    settings {                    # each combination is a candidate",
      "      learning-rate = [0.01, 0.02, 0.05]",
      "      augmentation.randaugment.num-ops = [0, 2]",
      "    }",
      "    sample = 4                    # or so many of them, drawn by the seed",
      "    candidates = [                # and these, written out",
      "      { learning-rate = 0.1, weight-decay = 1e-4 }",
      "      { image-size = 64, epochs = 40 }   # as long as 18 epochs of larger images",
      "    ]",
      "    factor = 3                    # one in three goes on",
      "    rounds = 2                    # or, in its place, epochs = [6, 18]",
      "    measure = accuracy            # or loss",
      "    name = dogs-best              # of its runs, else that of FILE",
      "  }",
      "",
      "All of the block but the candidates has a default; there are as many rounds as it takes to end "
          + "with one candidate. Each training is a run in the tables; a sweep that was ended is begun again "
          + "by the same command, once its driver is gone, and does what is missing.%n"
    },
    footer = {
      "",
      "Every other option of train is a setting, too: in FILE, or by --set.",
      "Order: defaults, then --config, then FILE, then options, then --set.",
      "",
      "Examples:",
      "  kennel sweep dogs-best.conf --images dogs/Images --output dogs-sweep --dry-run",
      "  kennel sweep dogs-best.conf --images dogs/Images --output dogs-sweep --preset best.conf",
      "  kennel train --config best.conf --seeds 1,2,3 --output dogs-run"
    })
final class SweepCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "HOCON file of settings with a block sweep.")
  private String file;

  @Mixin private ImageOptions settings;

  @Option(
      names = "--networks",
      paramLabel = "NAMES",
      description = "Networks to sweep for, one after the other; separated by commas.")
  void networks(String value) {
    settings.given("networks", value);
  }

  @Option(names = "--epochs", paramLabel = "N", description = "Epochs of the last round.")
  void epochs(Integer value) {
    settings.given("epochs", value);
  }

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Images a worker trains on in one step.")
  void batchSize(Integer value) {
    settings.given("batch-size", value);
  }

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Training tasks at a time (default: one an executor, two in local mode).")
  void workers(Integer value) {
    settings.given("workers", value);
  }

  @Option(
      names = "--validation-fraction",
      paramLabel = "SHARE",
      description = "Share of the images that are not for testing held out to rank by.")
  void validationFraction(Double value) {
    settings.given("validation-fraction", value);
  }

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of every training, and of what is drawn by sample.")
  void seed(Long value) {
    settings.given("seed", value);
  }

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Folder for decoded images, which later runs take from it (default: prepared in output).")
  void cache(String value) {
    settings.given("cache", value);
  }

  // Those that are not settings.

  @Option(
      names = "--preset",
      paramLabel = "FILE",
      description =
          "Write the winner's settings to a file for --config; of several networks, to a file each,"
              + " best-resnet18.conf for best.conf.")
  private Optional<String> preset = Optional.empty();

  @Option(
      names = "--dry-run",
      description = "Show candidates, rounds and the number of epochs, and train nothing.")
  private boolean isDry;

  @Override
  public Integer call() throws IOException {
    SweepPlan plan = settings.loadSweep(file);
    if (isDry) {
      System.out.print(SweepText.of(plan));
      return 0;
    }
    Optional<PresetFiles> presets =
        preset.map(path -> PresetFiles.at(path, plan.candidates().keySet()));
    Console console = Console.ofProcess();
    SweepText.of(plan).lines().forEach(line -> console.say("%s", line));
    try (SparkSession spark =
        SparkSessions.forTraining(most(plan, TrainCommand::parameterBytes), states(plan))) {
      List<Ranking> rankings = new Sweep(spark, plan, console).run();
      rankings.forEach(of -> System.out.println(of.table()));
      for (Ranking of : rankings) {
        if (of.winner().isEmpty()) {
          throw new UserError(
              ("Cannot name the best settings of %s: the training of every candidate that was left"
                      + " diverged; try lower learning rates")
                  .formatted(of.network()));
        }
        presets.ifPresent(files -> console.say("Wrote %s", files.write(of, plan)));
      }
    }
    return 0;
  }

  private static int states(SweepPlan plan) {
    return (int) most(plan, Settings::statesPerParameter);
  }

  /** The most that any candidate's training asks for. */
  private static long most(SweepPlan plan, ToLongFunction<Settings> asked) {
    return plan.candidates().values().stream()
        .flatMap(List::stream)
        .mapToLong(of -> asked.applyAsLong(of.settings(1)))
        .max()
        .orElseThrow();
  }
}
