package dev.kennel.cli;

import dev.kennel.Version;
import dev.kennel.bench.AveragingBenchmark;
import dev.kennel.bench.BatchBenchmark;
import dev.kennel.bench.ImageBenchmark;
import dev.kennel.bench.StepBenchmark;
import dev.kennel.bench.StepTiming;
import dev.kennel.config.ImageSettings;
import dev.kennel.config.OptimizerSettings;
import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.UserError;
import dev.kennel.dataset.ImageSource;
import dev.kennel.dataset.SampleImages;
import dev.kennel.network.Network;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.ConvolutionAlgorithm;
import dev.kennel.onednn.Precision;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code kennel bench}: how fast networks train on this machine. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    subcommands = {
      BenchCommand.Step.class,
      BenchCommand.Averaging.class,
      BenchCommand.Images.class,
      BenchCommand.Batches.class
    },
    description = {
      "Times training steps and forward passes of each network on this machine, without Spark: a",
      "short set, one line of JSON each. kennel bench step times one network as you say, kennel",
      "bench averaging what workers on a cluster spend on averaging, kennel bench images how fast",
      "image files are decoded, kennel bench batches how fast decoded ones are read for training.%n"
    },
    footer = {
      "",
      "Examples:",
      "  kennel bench                                       a few minutes",
      "  kennel bench step --network resnet18 --image-size 64 --batch 64",
      "  kennel bench step --network resnet50 --batch 16 --profile",
      "  kennel bench averaging --parameters 11238072 --workers 2",
      "  kennel bench images --images dogs/Images",
      "  kennel bench batches --images dogs/Images"
    })
final class BenchCommand implements Callable<Integer> {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the arithmetic (default: one for each processor).")
  private Integer threads;

  /** Each in a process of its own, so that one's memory is not counted as another's. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    for (StepBenchmark benchmark : StepBenchmark.shortSet(threads(null))) {
      int code = new ProcessBuilder(command(benchmark)).inheritIO().start().waitFor();
      if (code != 0) {
        return code;
      }
    }
    return 0;
  }

  /** How many threads to use, where a subcommand was itself given this many, or null. */
  private int threads(Integer ofSubcommand) {
    Integer given = ofSubcommand == null ? threads : ofSubcommand;
    int used = given == null ? Runtime.getRuntime().availableProcessors() : given;
    atLeast(1, used, "--threads");
    return used;
  }

  /** For subcommands whose threads are not the arithmetic's. */
  private void refuseThreads(String subcommand) {
    if (threads != null) {
      throw new UserError(
          "Cannot use --threads for bench "
              + subcommand
              + ": only bench itself and bench step take it");
    }
  }

  private static List<String> command(StepBenchmark benchmark) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(program() + File.pathSeparator + System.getProperty("java.class.path"));
    command.add("dev.kennel.Kennel");
    command.addAll(List.of("bench", "step", "--network", benchmark.network().title()));
    command.addAll(List.of("--image-size", String.valueOf(benchmark.imageSize())));
    command.addAll(List.of("--batch", String.valueOf(benchmark.batch())));
    command.addAll(List.of("--threads", String.valueOf(benchmark.threads())));
    command.addAll(List.of("--precision", benchmark.how().precision().title()));
    command.addAll(List.of("--steps", String.valueOf(benchmark.steps())));
    return command;
  }

  /** The jar, or folder, of this program; spark-submit leaves it out of the class path. */
  private static String program() {
    try {
      return Path.of(BenchCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot tell where this program lies", e);
    }
  }

  /** {@code kennel bench step}: one network. */
  @Command(
      name = "step",
      mixinStandardHelpOptions = true,
      usageHelpAutoWidth = true,
      description = {
        "Times training steps (forward, backward, update) and forward passes",
        "of one network on random images. Prints one line of JSON: images a second from the median",
        "step, and the process' peak memory in MiB, altogether and since the network was built.%n"
      },
      footer = {
        "",
        "Examples:",
        "  kennel bench step --network resnet18 --image-size 64 --batch 64",
        "  kennel bench step --network resnet50 --batch 16 --profile"
      })
  static final class Step implements Callable<Integer> {
    @Mixin private NetworkOptions network;

    @Option(
        names = "--image-size",
        paramLabel = "PIXELS",
        defaultValue = "224",
        description = "Side of the square images (default: ${DEFAULT-VALUE}).")
    private int imageSize;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "32",
        description = "Images a step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
        names = "--threads",
        paramLabel = "N",
        description =
            "Threads of the arithmetic (default: what bench was given, else one for each processor).")
    private Integer threads;

    @ParentCommand private BenchCommand bench;

    @Option(
        names = "--precision",
        paramLabel = "FORMAT",
        defaultValue = "f32",
        description = "f32, or bf16 on processors with avx512_bf16 (default: ${DEFAULT-VALUE}).")
    private String precision;

    @Option(
        names = "--convolution",
        paramLabel = "ALGORITHM",
        defaultValue = "auto",
        description = "direct, or auto: Winograd where it is faster (default: ${DEFAULT-VALUE}).")
    private String convolution;

    @Option(
        names = "--optimizer",
        paramLabel = "NAME",
        defaultValue = "sgd",
        description = "sgd with Nesterov momentum, adamw or lars (default: ${DEFAULT-VALUE}).")
    private String optimizer;

    @Option(
        names = "--clip-grad-norm",
        paramLabel = "NORM",
        defaultValue = "0",
        description =
            "Shorten the gradient of all parameters together to this norm (default: as it is).")
    private double clipGradNorm;

    @Option(
        names = "--steps",
        paramLabel = "N",
        defaultValue = "8",
        description = "Steps that are timed, after the warm-up (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
        names = "--profile",
        description = "Print each layer's milliseconds, forward and backward, too.")
    private boolean profile;

    @Override
    public Integer call() {
      Network chosen = network.network();
      atLeast(1, imageSize, "--image-size");
      atLeast(1, batch, "--batch");
      int used = bench.threads(threads);
      atLeast(1, steps, "--steps");
      if (!(clipGradNorm >= 0)) {
        throw new UserError("Cannot use --clip-grad-norm " + clipGradNorm + ": it is 0 or more");
      }
      int classes = network.classes();
      Computation how = how();
      Arithmetic.chooseBinary();
      StepTiming timing =
          new StepBenchmark(
                  chosen,
                  imageSize,
                  batch,
                  used,
                  how,
                  OptimizerSettings.Name.of(optimizer),
                  clipGradNorm,
                  classes,
                  steps)
              .run(profile);
      System.out.println(timing.json(Version.current().number()));
      if (profile) {
        System.out.print(timing.profileTable());
      }
      return 0;
    }

    private Computation how() {
      try {
        Precision format = Precision.of(precision);
        format.check();
        return new Computation(format, ConvolutionAlgorithm.of(convolution));
      } catch (IllegalArgumentException | UnsupportedOperationException e) {
        throw new UserError(e.getMessage(), e);
      }
    }
  }

  /** {@code kennel bench averaging}: rounds without training. */
  @Command(
      name = "averaging",
      mixinStandardHelpOptions = true,
      usageHelpAutoWidth = true,
      description = {
        "Times rounds of parameter averaging on the Spark master it is submitted to, without any",
        "training between them. Prints one line of JSON: the median seconds from the end of the",
        "slowest worker's fit until the last one holds the average, and the bytes that went from",
        "one process to another in a round.%n"
      },
      footer = {
        "",
        "Examples:",
        "  kennel bench averaging --parameters 11238072 --workers 2     ResNet18",
        "  kennel bench averaging --parameters 457221032 --workers 2    ResFCN18 at 192 px"
      })
  static final class Averaging implements Callable<Integer> {
    @Option(
        names = "--parameters",
        paramLabel = "N",
        required = true,
        description = "Parameters of the network; each has a momentum.")
    private long parameters;

    @Option(
        names = "--workers",
        paramLabel = "N",
        defaultValue = "2",
        description = "Workers that average (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        defaultValue = "9",
        description = "Rounds that are timed, after the warm-up (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
        names = "--averaging",
        paramLabel = "WAY",
        defaultValue = "slices",
        description = "slices, or stock: Deeplearning4j's own (default: ${DEFAULT-VALUE}).")
    private String averaging;

    @ParentCommand private BenchCommand bench;

    @Override
    public Integer call() {
      bench.refuseThreads("averaging");
      atLeast(2, parameters, "--parameters");
      if (!List.of("slices", "stock").contains(averaging)) {
        throw new UserError("Cannot use --averaging " + averaging + ": it is slices or stock");
      }
      atLeast(1, workers, "--workers");
      atLeast(1, rounds, "--rounds");
      try (SparkSession session = SparkSessions.forTraining(Float.BYTES * parameters, 1)) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        System.out.println(
            new AveragingBenchmark(parameters, workers, rounds, averaging.equals("stock"))
                .run(spark, Version.current().number()));
      }
      return 0;
    }
  }

  /** {@code kennel bench images}: decoding, resizing and cropping. */
  @Command(
      name = "images",
      mixinStandardHelpOptions = true,
      usageHelpAutoWidth = true,
      description = {
        "Times decoding, resizing and cropping of image files on one thread. The files are read",
        "into memory first, 256 MB of them at most. Prints one line of JSON: images a second in",
        "the median pass, and milliseconds an image of decoding and of the rest.%n"
      },
      footer = {"", "Example:", "  kennel bench images --images dogs/Images --image-size 224"})
  static final class Images implements Callable<Integer> {
    @Option(
        names = "--images",
        paramLabel = "DIR",
        required = true,
        description = "Folder of images on this machine, with or without folders in it.")
    private Path images;

    @Option(
        names = "--image-size",
        paramLabel = "PIXELS",
        defaultValue = "224",
        description = "Side of the squares (default: ${DEFAULT-VALUE}).")
    private int imageSize;

    @Option(
        names = "--passes",
        paramLabel = "N",
        defaultValue = "15",
        description = "Passes that are timed, after the warm-up (default: ${DEFAULT-VALUE}).")
    private int passes;

    @Option(
        names = "--reduced",
        description = {
          "Decode JPEGs at a half, a quarter or an eighth of their size, where that",
          "leaves at least twice the square's side."
        })
    private boolean reduced;

    @ParentCommand private BenchCommand bench;

    @Override
    public Integer call() {
      bench.refuseThreads("images");
      atLeast(1, imageSize, "--image-size");
      atLeast(1, passes, "--passes");
      System.out.println(
          new ImageBenchmark(images, imageSize, passes, reduced).run(Version.current().number()));
      return 0;
    }
  }

  /** {@code kennel bench batches}: reading prepared images. */
  @Command(
      name = "batches",
      mixinStandardHelpOptions = true,
      usageHelpAutoWidth = true,
      description = {
        "Times how fast prepared images become training batches, shifted and half of them flipped:",
        "as they lie in their files, and dealt out anew as every epoch does. Prints one line of",
        "JSON: images a second in the median pass, on all cores that the master has.%n"
      },
      footer = {"", "Example:", "  submit/local.sh --master 'local[1]' bench batches"})
  static final class Batches implements Callable<Integer> {
    @Option(
        names = "--images",
        paramLabel = "DIR",
        description = "Folder of images as for kennel train (default: the sample images).")
    private Optional<String> images = Optional.empty();

    @Option(
        names = "--image-size",
        paramLabel = "PIXELS",
        defaultValue = "224",
        description = "Side of the squares (default: ${DEFAULT-VALUE}).")
    private int imageSize;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "32",
        description = "Images of a batch (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
        names = "--passes",
        paramLabel = "N",
        defaultValue = "9",
        description = "Passes that are timed, after the warm-up (default: ${DEFAULT-VALUE}).")
    private int passes;

    @Option(
        names = "--output",
        paramLabel = "DIR",
        defaultValue = "output",
        description = "Folder in which prepared images are kept (default: ${DEFAULT-VALUE}).")
    private String output;

    @ParentCommand private BenchCommand bench;

    @Override
    public Integer call() throws IOException {
      bench.refuseThreads("batches");
      atLeast(1, imageSize, "--image-size");
      atLeast(2, batch, "--batch");
      atLeast(1, passes, "--passes");
      Map<String, Object> given = new LinkedHashMap<>();
      images.ifPresent(value -> given.put("images", value));
      given.put("output", output);
      Settings settings = SettingsLoader.load(Optional.empty(), given, List.of());
      try (SparkSession spark = SparkSessions.forTraining(0, 0)) {
        ImageSettings source = settings.images();
        if (source.areSamples()) {
          source = source.withFolder(SampleImages.unpack(SparkSessions.hadoop(), output));
        }
        ImageSource.Listing listing = ImageSource.list(spark, source, output + "/unpacked");
        System.out.println(
            new BatchBenchmark(listing, source, settings.cache(), imageSize, batch, passes)
                .run(spark, Version.current().number()));
      }
      return 0;
    }
  }

  static void atLeast(long least, long value, String option) {
    if (value < least) {
      throw new UserError("Cannot use " + option + " " + value + ": it is " + least + " or more");
    }
  }
}
