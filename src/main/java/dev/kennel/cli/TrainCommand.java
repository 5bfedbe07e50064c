package dev.kennel.cli;

import dev.kennel.Console;
import dev.kennel.RepeatedTraining;
import dev.kennel.TrainingJob;
import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.UserError;
import dev.kennel.network.Network;
import dev.kennel.network.NetworkSize;
import dev.kennel.report.Comparison;
import dev.kennel.report.ReportFormat;
import dev.kennel.report.Selection;
import dev.kennel.table.RunSettings;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code kennel train}: the whole job. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    sortOptions = false,
    description = {
      "Trains networks on images in folders, one folder per class, and compares them.",
      "Without images it trains on the sample images that come with it.%n"
    },
    footer = {
      "",
      "Every option is a setting; conf/defaults.conf lists all settings, and --set reaches those without",
      "an option. Order: defaults, then --config, then options, then --set.",
      "",
      "Examples:",
      "  kennel train",
      "  kennel train --images dogs/Images --config laptop --epochs 15 --output dogs-run",
      "  kennel train --train-images split/train --test-images split/test --networks customcnn",
      "  kennel train --images dogs/images.tar --train-list dogs/train.txt --test-list dogs/test.txt",
      "  kennel train --manifest s3a://bucket/dogs.parquet --path-column file --label-column breed",
      "  kennel train --images dogs/Images --networks resnet50 --pretrained imagenet --freeze stem,stage1",
      "  kennel train --images hdfs:///dogs --workers 8 --set schedule.name=cosine",
      "  kennel train --images dogs/Images --seeds 1,2,3 --name baseline",
      "  kennel train --resume 20260131-120000-1a2b --output dogs-run"
    })
final class TrainCommand implements Callable<Integer> {
  private static final int MANY = 1000; // classes

  @Mixin private ImageOptions settings;

  @Option(
      names = "--duplicates",
      paramLabel = "WHAT",
      description =
          "What becomes of images that are given for training and, with the same bytes, for testing:"
              + " error (default), or drop, which leaves them out of training.")
  void duplicates(String value) {
    given("duplicates", value);
  }

  @Option(
      names = "--networks",
      paramLabel = "NAMES",
      description =
          "resnet18, resnet34, resnet50, resfcn18, customcnn; separated by commas"
              + " (default: resnet18,resfcn18).")
  void networks(String value) {
    given("networks", value);
  }

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the images.")
  void epochs(Integer value) {
    given("epochs", value);
  }

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Images a worker trains on in one step.")
  void batchSize(Integer value) {
    given("batch-size", value);
  }

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Training tasks at a time (default: one an executor, two in local mode).")
  void workers(Integer value) {
    given("workers", value);
  }

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of one worker's arithmetic (default: executor cores / workers in it).")
  void threads(Integer value) {
    given("threads", value);
  }

  @Option(
      names = "--precision",
      paramLabel = "FORMAT",
      description = "What networks compute in: f32, or bf16 on processors with avx512_bf16.")
  void precision(String value) {
    given("precision", value);
  }

  @Option(
      names = "--convolution",
      paramLabel = "ALGORITHM",
      description = "direct, or auto: Winograd where it is faster.")
  void convolution(String value) {
    given("convolution", value);
  }

  @Option(
      names = "--averaging-frequency",
      paramLabel = "N",
      description = "Steps between two averagings of the workers' parameters.")
  void averagingFrequency(Integer value) {
    given("averaging-frequency", value);
  }

  @Option(
      names = "--warm-up-averaging-frequency",
      paramLabel = "N",
      description =
          "The same while the learning rate rises, where workers drift apart most (default: the"
              + " same).")
  void warmUpAveragingFrequency(Integer value) {
    given("warm-up-averaging-frequency", value);
  }

  @Option(
      names = "--averaging",
      paramLabel = "WAY",
      description = "slices, or stock: Deeplearning4j's own, through the driver, to compare with.")
  void averaging(String value) {
    given("averaging", value);
  }

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "sgd with Nesterov momentum, adamw or lars.")
  void optimizer(String value) {
    given("optimizer", value);
  }

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description = "Highest learning rate of the schedule (default: each network's own).")
  void learningRate(Double value) {
    given("learning-rate", value);
  }

  @Option(
      names = "--classifier-learning-rate",
      paramLabel = "RATE",
      description = "The same of the last layer alone (default: that of the rest).")
  void classifierLearningRate(String value) {
    given("classifier-learning-rate", value);
  }

  @Option(
      names = "--pretrained",
      paramLabel = "WHAT",
      description =
          "Trained parameters to start from: imagenet (torchvision's), a .pth or .safetensors file,"
              + " or its address (default: none).")
  void pretrained(String value) {
    given("pretrained", value);
  }

  @Option(
      names = "--freeze",
      paramLabel = "PARTS",
      description =
          "Parts that are not trained, such as stem,stage1; separated by commas (default: none).")
  void freeze(String value) {
    given("freeze", value);
  }

  @Option(
      names = "--learning-rate-scaling",
      paramLabel = "HOW",
      description =
          "Multiply learning rates by the number of workers: linear, sqrt (its square root) or none.")
  void learningRateScaling(String value) {
    given("learning-rate-scaling", value);
  }

  @Option(names = "--momentum", paramLabel = "M", description = "Momentum of sgd and lars.")
  void momentum(Double value) {
    given("momentum", value);
  }

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      description = "Weight decay, not on biases and batch normalization.")
  void weightDecay(Double value) {
    given("weight-decay", value);
  }

  @Option(
      names = "--norm-weight-decay",
      paramLabel = "D",
      description = "That of batch normalization's weights.")
  void normWeightDecay(Double value) {
    given("norm-weight-decay", value);
  }

  @Option(
      names = "--bias-weight-decay",
      paramLabel = "D",
      description = "That of biases, batch normalization's too.")
  void biasWeightDecay(Double value) {
    given("bias-weight-decay", value);
  }

  @Option(
      names = "--clip-grad-norm",
      paramLabel = "NORM",
      description = "Shorten the gradient of all parameters to this norm (default: 0, never).")
  void clipGradNorm(Double value) {
    given("clip-grad-norm", value);
  }

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description = "Size of the input for all networks (default: each network's own).")
  void imageSize(Integer value) {
    given("image-size", value);
  }

  @Option(
      names = "--test-fraction",
      paramLabel = "SHARE",
      description = "Share of each class held out for testing (default: 0.2).")
  void testFraction(Double value) {
    given("test-fraction", value);
  }

  @Option(
      names = "--validation-fraction",
      paramLabel = "SHARE",
      description = "Share of the others held out for validation (default: 0, none).")
  void validationFraction(Double value) {
    given("validation-fraction", value);
  }

  @Option(
      names = "--folds",
      paramLabel = "K",
      description =
          "Cross-validation: K parts, of which each run tests on one; instead of a share.")
  void folds(Integer value) {
    given("folds", value);
  }

  @Option(
      names = "--fold",
      paramLabel = "N",
      description = "The part that is tested on, from 1 to K.")
  void fold(Integer value) {
    given("fold", value);
  }

  @Option(
      names = "--decoding",
      paramLabel = "WAY",
      description =
          "full (default), or reduced: large JPEGs at a fraction of their size, which is faster.")
  void decoding(String value) {
    given("decoding", value);
  }

  @Option(
      names = "--max-rejected",
      paramLabel = "SHARE",
      description = "Share of unreadable images above which the job stops (default: 0.05).")
  void maxRejected(Double value) {
    given("max-rejected", value);
  }

  @Option(
      names = "--checkpoint-every",
      paramLabel = "INTERVAL",
      description = "Epochs or rounds between checkpoints: \"1 epoch\" (default), \"50 rounds\".")
  void checkpointEvery(String value) {
    given("checkpoint-every", value);
  }

  @Option(
      names = "--label-smoothing",
      paramLabel = "SHARE",
      description = "Share of each label that is spread evenly over all classes, as 0.1.")
  void labelSmoothing(Double value) {
    given("label-smoothing", value);
  }

  @Option(
      names = "--mixup-alpha",
      paramLabel = "ALPHA",
      description = "Mix each image with another of its batch, as 0.2 (default: 0, not).")
  void mixupAlpha(Double value) {
    given("augmentation.mixup-alpha", value);
  }

  @Option(
      names = "--cutmix-alpha",
      paramLabel = "ALPHA",
      description = "Patch each image with a part of another of its batch, as 1 (default: 0, not).")
  void cutmixAlpha(Double value) {
    given("augmentation.cutmix-alpha", value);
  }

  @Option(
      names = "--random-erase",
      paramLabel = "SHARE",
      description = "Cover a part of that share of the images, as 0.1 (default: 0, none).")
  void randomErase(Double value) {
    given("augmentation.random-erasing.probability", value);
  }

  @Option(
      names = "--auto-augment",
      paramLabel = "POLICY",
      converter = Policy.class,
      description = "ra: RandAugment, with two operations an image.")
  void autoAugment(Integer operations) {
    given("augmentation.randaugment.num-ops", operations);
  }

  /** How many operations a policy has. */
  private static final class Policy implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String name) {
      if (!name.equals("ra")) {
        throw new TypeConversionException("the policy is ra, RandAugment, and not " + name);
      }
      return 2;
    }
  }

  @Option(
      names = "--ra-magnitude",
      paramLabel = "M",
      description = "How strong RandAugment's operations are, 0 to 30 (default: 9).")
  void randAugmentMagnitude(Integer value) {
    given("augmentation.randaugment.magnitude", value);
  }

  @Option(
      names = "--model-ema",
      description =
          "The model is the exponential moving average of the parameters; model-ema-steps and"
              + " model-ema-decay say which.")
  void movingAverage(boolean value) {
    given("model-ema", value);
  }

  @Option(
      names = "--test-flip",
      description =
          "Answer with the mean of the probabilities of an image and of its mirror image: of images"
              + " for validation and testing, and with the saved model.")
  void testFlip(boolean value) {
    given("test-flip", value);
  }

  @Option(
      names = "--early-stopping",
      paramLabel = "EPOCHS",
      description =
          "End after that many epochs without a better accuracy on the images for validation.")
  void earlyStopping(Integer value) {
    given("early-stopping.patience", value);
  }

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of split, starting parameters, order and augmentation.")
  void seed(Long value) {
    given("seed", value);
  }

  @Option(
      names = "--seeds",
      paramLabel = "N,N,…",
      description =
          "A run for each of these seeds, one after the other, instead of one by --seed; they are"
              + " compared as repeats.")
  void seeds(String value) {
    given("seeds", value);
  }

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the run is called, among its settings in the table runs.")
  void name(String value) {
    given("name", value);
  }

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Folder for decoded images, which later runs take from it (default: prepared in output).")
  void cache(String value) {
    given("cache", value);
  }

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description = "Folder that TensorBoard reads: its event files are written there, too.")
  void tensorboard(String value) {
    given("tracking.tensorboard", value);
  }

  @Option(
      names = "--mlflow",
      paramLabel = "URI",
      description =
          "Tell MLflow, too: http://HOST:PORT of its server, or the folder that it keeps runs in.")
  void mlflow(String value) {
    given("tracking.mlflow", value);
  }

  // Those that are not settings.

  @Option(
      names = "--resume",
      paramLabel = "RUN_ID",
      description =
          "Go on with a run of --output that did not finish, with its settings, from its newest"
              + " sound checkpoints. Its driver must be gone.")
  private Optional<String> resume = Optional.empty();

  @Override
  public Integer call() throws IOException {
    List<Settings> loaded = resume.isPresent() ? List.of(ofRun(resume.get())) : settings.loadRuns();
    Settings first = loaded.get(0);
    Console console = Console.ofProcess();
    console.say("Settings: %s", first.json());
    try (SparkSession spark =
        SparkSessions.forTraining(parameterBytes(first), first.statesPerParameter())) {
      List<String> runs =
          resume.isPresent()
              ? List.of(new TrainingJob(spark, first, console).resume(resume.get()))
              : new RepeatedTraining(spark, loaded, console).run();
      TableStore tables = new TableStore(spark, first.output());
      System.out.print(ReportFormat.TABLE.of(Comparison.of(tables, Selection.runs(runs))));
    }
    return 0;
  }

  private Settings ofRun(String runId) throws IOException {
    if (!settings.areOutputAtMost()) {
      throw new UserError(
          "Cannot resume " + runId + " with other settings: give --resume and --output alone");
    }
    String output = settings.load().output();
    Configuration hadoop = SparkSessions.hadoop();
    Optional<String> json = RunSettings.of(hadoop, output, runId);
    if (json.isEmpty()) {
      List<String> runs = RunSettings.runIds(hadoop, output);
      throw new UserError(
          "Cannot resume %s: %s has no such run%s"
              .formatted(
                  runId, output, runs.isEmpty() ? "" : "; it has " + String.join(", ", runs)));
    }
    return SettingsLoader.restore(json.get(), output);
  }

  /** Of the largest network; how many classes there are is not known yet. */
  static long parameterBytes(Settings settings) {
    return settings.networks().entrySet().stream()
        .map(entry -> Network.of(entry.getKey()).size(MANY, entry.getValue().imageSize()))
        .mapToLong(NetworkSize::parameterBytes)
        .max()
        .orElseThrow();
  }

  private void given(String key, Object value) {
    settings.given(key, value);
  }
}
