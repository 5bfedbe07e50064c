package dev.kennel.cli;

import dev.kennel.bench.AveragingModel;
import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.UserError;
import dev.kennel.network.NetworkSize;
import dev.kennel.training.Cluster;
import dev.kennel.training.MemoryNeed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kennel plan}: what a training on a cluster will need and take. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    sortOptions = false,
    description = {
      "Estimates what a training on a cluster needs and takes, before there is one: memory of an",
      "executor, bytes and seconds of a round of averaging, and how many steps there should be",
      "between two averagings. Starts no Spark.%n"
    },
    footer = {
      "",
      "The seconds of averaging follow a model fitted to rounds on one machine of two cores; machines",
      "that are faster, or have more cores, take less. kennel bench averaging measures them.",
      "",
      "Examples:",
      "  kennel plan --network resnet18 --workers 8 --bandwidth 10 --images-per-second 9.05",
      "  kennel plan --network resfcn18 --image-size 64 --workers 16 --bandwidth 1Gb --format json",
      "  kennel plan --network resfcn18 --workers 16 --workers-per-executor 2 --bandwidth 25 --fraction 0.05",
      "",
      "How fast a worker trains, --images-per-second, is told on one machine of the cluster by",
      "  kennel bench step --network resnet18 --image-size 224 --batch 32"
    })
final class PlanCommand implements Callable<Integer> {
  private static final Pattern BANDWIDTH = Pattern.compile("(\\d+(\\.\\d+)?)\\s*(Gb|Gbit|Gbit/s)?");

  /** The forms a plan is written in. */
  private enum Format {
    TABLE,
    JSON
  }

  @Mixin private NetworkOptions network;

  @Option(
      names = "--workers",
      paramLabel = "N",
      required = true,
      description = "Training tasks at a time, on all executors together.")
  private int workers;

  @Option(
      names = "--bandwidth",
      paramLabel = "GBIT",
      required = true,
      description =
          "Gbit/s of each machine's network link, in each direction, such as 10 or 2.5Gb.")
  private String bandwidth;

  @Option(
      names = "--images-per-second",
      paramLabel = "SPEED",
      description =
          "Images that one worker trains on in a second (default: not known; the averaging frequency"
              + " is then given as a multiple of it).")
  private Double imagesPerSecond;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description = "Size of the input (default: the network's own).")
  private Integer imageSize;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "sgd, lars or adamw, which keeps twice as much (default: sgd).")
  private String optimizer;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images a worker trains on in one step (default: 32).")
  private Integer batch;

  @Option(
      names = "--seeds",
      paramLabel = "N,N,…",
      description = "A run for each of these seeds, one after the other (default: one run).")
  private String seeds;

  @Option(
      names = "--workers-per-executor",
      paramLabel = "N",
      defaultValue = "1",
      description = "Training tasks at a time in one executor (default: ${DEFAULT-VALUE}).")
  private int workersPerExecutor;

  @Option(
      names = "--executors-per-machine",
      paramLabel = "N",
      defaultValue = "1",
      description = "Executors that share a machine and its link (default: ${DEFAULT-VALUE}).")
  private int executorsPerMachine;

  @Option(
      names = "--fraction",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description = "Share of the time that averaging may take (default: ${DEFAULT-VALUE}).")
  private double fraction;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table or json (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Override
  public Integer call() {
    TrainingPlan plan = plan();
    System.out.print(format == Format.JSON ? plan.json() : plan.table());
    return 0;
  }

  private TrainingPlan plan() {
    List<Settings> runs = runs();
    Settings settings = runs.get(0);
    int classes = network.classes();
    BenchCommand.atLeast(1, workersPerExecutor, "--workers-per-executor");
    BenchCommand.atLeast(1, executorsPerMachine, "--executors-per-machine");
    int executors = (workers + workersPerExecutor - 1) / workersPerExecutor;
    if (executors < 2) {
      throw new UserError(
          "Cannot plan for --workers "
              + workers
              + " in one executor: it averages in its own memory; plan for two executors or more");
    }
    if (!(fraction > 0 && fraction < 1)) {
      throw new UserError(
          "Cannot use --fraction " + fraction + ": it lies between 0 and 1, without them");
    }
    if (imagesPerSecond != null && !(imagesPerSecond > 0)) {
      throw new UserError("Cannot use --images-per-second " + imagesPerSecond + ": it is above 0");
    }
    int pixels = settings.networks().get(network.name()).imageSize();
    NetworkSize size = network.network().size(classes, pixels);
    int states = settings.statesPerParameter();
    Cluster cluster = new Cluster(executors, workers, 1, 0, false);
    return new TrainingPlan(
        runs.size(),
        network.name(),
        pixels,
        classes,
        settings.batchSize(),
        workers,
        size,
        new AveragingModel(executors, workersPerExecutor, executorsPerMachine, gigabits()),
        states,
        MemoryNeed.of(size.parameterBytes(), states, cluster).executorBytes(),
        imagesPerSecond == null ? OptionalDouble.empty() : OptionalDouble.of(imagesPerSecond),
        fraction);
  }

  /** As a training on one's own images has them, checked; of each run. */
  private List<Settings> runs() {
    Map<String, Object> given = new LinkedHashMap<>();
    given.put("networks", network.name());
    given.put("workers", workers);
    Optional.ofNullable(imageSize).ifPresent(value -> given.put("image-size", value));
    Optional.ofNullable(optimizer).ifPresent(value -> given.put("optimizer", value));
    Optional.ofNullable(batch).ifPresent(value -> given.put("batch-size", value));
    Optional.ofNullable(seeds).ifPresent(value -> given.put("seeds", value));
    return SettingsLoader.loadRuns(Optional.of("stanford-dogs"), given, List.of());
  }

  private double gigabits() {
    Matcher given = BANDWIDTH.matcher(bandwidth);
    if (!given.matches() || Double.parseDouble(given.group(1)) == 0) {
      throw new UserError(
          "Cannot use --bandwidth " + bandwidth + ": it is Gbit/s, such as 10 or 2.5Gb");
    }
    return Double.parseDouble(given.group(1));
  }
}
