package dev.kennel;

import dev.kennel.averaging.Replicated;
import dev.kennel.config.ImageSettings;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.Settings;
import dev.kennel.config.UserError;
import dev.kennel.dataset.Classes;
import dev.kennel.dataset.ImageFile;
import dev.kennel.dataset.PreparedImage;
import dev.kennel.dataset.PreparedImages;
import dev.kennel.dataset.Split;
import dev.kennel.evaluation.Evaluator;
import dev.kennel.evaluation.Metrics;
import dev.kennel.evaluation.TestedEpoch;
import dev.kennel.network.Network;
import dev.kennel.training.Checkpoints;
import dev.kennel.training.Cluster;
import dev.kennel.training.EarlyStopping;
import dev.kennel.training.ImageSizes;
import dev.kennel.training.MemoryNeed;
import dev.kennel.training.Position;
import dev.kennel.training.TrainedEpoch;
import dev.kennel.training.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The whole job: read, split, for each network { for each epoch { train; evaluate; append rows } }.
 */
public final class TrainingJob {
  /** What follows the name of a part that parameters are tested on which are not the model. */
  private static final String RAW = "-raw";

  private final SparkSession spark;
  private final JavaSparkContext sc;
  private final Settings settings;
  private final Console console;
  private final ReadImages images;
  private volatile Optional<String> resumable = Optional.empty();

  /** The images of a run. */
  private record Images(Classes classes, Split split, PreparedImages prepared) {}

  /** A job on that session; the console is told what it does. */
  public TrainingJob(SparkSession spark, Settings settings, Console console) {
    this(spark, settings, console, new ReadImages());
  }

  /** The same, beside others that may have read its images. */
  public TrainingJob(SparkSession spark, Settings settings, Console console, ReadImages images) {
    this.images = images;
    this.spark = spark;
    this.sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.settings = settings;
    this.console = console;
  }

  /**
   * Runs the job and returns the run's id. A run that fails leaves its row in {@code runs}, with
   * the reason, and the epochs that ended before; {@link #resume} goes on with it.
   *
   * @throws dev.kennel.config.UserError for mistakes in the settings or the images, before any
   *     training
   */
  public String run() throws IOException {
    check(settings);
    return run(RunTables.begin(spark, settings, console));
  }

  /**
   * Goes on with a run that did not finish, from its newest sound checkpoints, and returns its id.
   * The settings must be those of the run, and its driver gone.
   *
   * @throws dev.kennel.config.UserError if there is no such run, it has finished, or its images are
   *     not what they were
   */
  public String resume(String runId) throws IOException {
    return run(RunTables.resume(spark, settings, runId, console));
  }

  /**
   * Checks what can be known from the settings alone.
   *
   * @throws dev.kennel.config.UserError if a network has no such part, no published parameters, or
   *     takes no images of several sizes
   */
  public static void check(Settings settings) {
    StartingWeights.check(settings);
    ImageSizes.check(settings);
  }

  /** The run that was begun, once {@link #resume} can go on with it. */
  public Optional<String> resumable() {
    return resumable;
  }

  private String run(RunTables run) throws IOException {
    try (RunTables tables = run) {
      console.say("Run %s writes to %s", tables.runId(), settings.output());
      try {
        tables.track();
        work(tables);
        tables.finished();
        return tables.runId();
      } catch (Throwable e) {
        tables.failed(e);
        throw e;
      }
    }
  }

  private void work(RunTables tables) throws IOException {
    try (MemoryWatch memory = MemoryWatch.on(sc.sc())) {
      try {
        Map<String, StartingWeights> starts =
            StartingWeights.prepare(settings, tables, sc.hadoopConfiguration(), console);
        Cluster cluster = Cluster.of(sc, settings, tables.workers());
        Images images = prepare(cluster, tables);
        for (String name : settings.networks().keySet()) {
          train(name, images, cluster, Optional.ofNullable(starts.get(name)), tables);
        }
      } catch (Exception e) {
        memory.check(e);
        throw e;
      }
    }
  }

  /** Lists, decodes and splits the images; everything that can be wrong with them is found here. */
  private Images prepare(Cluster cluster, RunTables tables) throws IOException {
    ImageSettings source = settings.images();
    ReadImages.Read read = images.of(spark, settings, console);
    Classes classes = read.classes();
    PreparedImages prepared = read.prepared();
    tables.rejected("rejected", prepared.rejected());
    if (!prepared.truncated().isEmpty()) {
      tables.rejected("truncated", prepared.truncated());
    }
    prepared.checkRejected(source.maxRejected());
    Split split = Split.of(prepared.accepted(), classes, source, settings.seed());
    if (!split.dropped().isEmpty()) {
      tables.rejected("duplicates", split.dropped());
    }
    split.checkWorkers(cluster.workers());
    if (settings.earlyStopping().isOn() && split.validation().isEmpty()) {
      throw new UserError(
          "Cannot stop early: there are no images for validation; hold some out with"
              + " --validation-fraction, or name them in a manifest");
    }
    checkMemory(classes.size(), cluster);
    tables.prepared(cluster, classes, split, prepared.accepted());
    resumable = Optional.of(tables.runId());
    console.prepared(split, sc.master(), cluster, tables.location());
    return new Images(classes, split, prepared);
  }

  private void checkMemory(int classes, Cluster cluster) {
    settings
        .networks()
        .forEach(
            (name, own) -> {
              long bytes = Network.of(name).size(classes, own.imageSize()).parameterBytes();
              MemoryNeed.check(
                  name, own.imageSize(), bytes, settings.statesPerParameter(), cluster);
            });
  }

  private void train(
      String name,
      Images images,
      Cluster cluster,
      Optional<StartingWeights> start,
      RunTables tables)
      throws IOException {
    tables.track(name);
    if (tables.hasModel(name)) {
      console.say("%s is trained already: %s", name, tables.model(name));
      return;
    }
    NetworkSettings own = settings.networks().get(name);
    int classes = images.classes().size();
    Evaluator evaluator =
        new Evaluator(own.imageSize(), classes, settings.testFlip(), cluster.threads());
    List<ImageFile> trainImages = images.split().train();
    Checkpoints checkpoints = tables.checkpoints(name);
    try (HeldOut heldOut = HeldOut.of(images, own.imageSize(), cluster.workers());
        Trainer trainer =
            new Trainer(
                sc,
                tables.runId() + "-" + name,
                Network.of(name),
                classes,
                settings,
                own,
                cluster,
                images.prepared().images(trainImages, own.imageSize()),
                trainImages.size(),
                checkpoints,
                start.map(StartingWeights::file))) {
      Position position = trainer.restore();
      EarlyStopping stopping = tables.stopping(name, position.epoch());
      console.starts(name, position, start, own.freeze(), classes);
      console.scales(name, own, settings.optimizer().learningRateScaling(), cluster.workers());
      console.goesOn(name, position);
      while (!tables.hasModel(name)) {
        try {
          int trained = position.epoch() - 1;
          if (trained < settings.epochs() && !stopping.endsWith(trained)) {
            position = epoch(name, position, trainer, stopping, evaluator, images, heldOut, tables);
          } else {
            console.say("Saved %s to %s", name, tables.saveModel(name, trained, trainer.model()));
          }
        } catch (Exception e) {
          if (!trainer.canRecover(e)) {
            throw e;
          }
          position = trainer.restore();
          console.lost(name, e, position);
        }
      }
      checkpoints.remove();
    }
  }

  /** Trains from a position to the end of its epoch, and tests; where the training is then. */
  private Position epoch(
      String name,
      Position from,
      Trainer trainer,
      EarlyStopping stopping,
      Evaluator evaluator,
      Images images,
      HeldOut heldOut,
      RunTables tables) {
    int epoch = from.epoch();
    int classes = images.classes().size();
    TrainedEpoch trained;
    try (EpochProgress progress =
        console.epoch(name, epoch, settings.epochs(), images.split().train().size())) {
      trained = trainer.train(from, progress);
    }
    List<TestedEpoch> tested = heldOut.test(evaluator, trainer.model(), "");
    Map<String, Metrics> metrics = metrics(tested, classes);
    Metrics train = Metrics.of(trained.answers(), classes);
    stopping.noteTraining(epoch, train.loss());
    if (settings.earlyStopping().isOn()) {
      Metrics validation = metrics.get("validation");
      stopping.note(epoch, validation.accuracy(), validation.loss());
    }
    boolean isLast = epoch == settings.epochs() || stopping.endsWith(epoch);
    List<TestedEpoch> raw =
        trainer.keepsMovingAverage() ? heldOut.test(evaluator, trainer.network(), RAW) : List.of();
    tables.epoch(name, epoch, isLast, trained, train, tested, metrics, raw, trainer.rounds());
    metrics.putAll(metrics(raw, classes));
    console.epochEnded(name, epoch, settings.epochs(), trained, train, metrics);
    if (isLast && epoch < settings.epochs()) {
      console.stops(name, epoch, stopping, settings.earlyStopping());
    }
    return trainer.ended(epoch);
  }

  private static Map<String, Metrics> metrics(List<TestedEpoch> tested, int classes) {
    Map<String, Metrics> metrics = new LinkedHashMap<>();
    tested.forEach(of -> metrics.put(of.split(), of.metrics(classes)));
    return metrics;
  }

  /** The images of one size that are not trained on, by the side of the split they are on. */
  private record HeldOut(List<Split.Side> sides, List<JavaRDD<PreparedImage>> images)
      implements AutoCloseable {
    static HeldOut of(Images images, int size, int partitions) {
      List<Split.Side> sides = images.split().heldOut();
      return new HeldOut(
          sides,
          sides.stream()
              .map(side -> images.prepared().shared(side.images(), size, partitions))
              .toList());
    }

    List<TestedEpoch> test(Evaluator evaluator, Replicated network, String suffix) {
      List<TestedEpoch> tested = new ArrayList<>();
      for (int i = 0; i < sides.size(); i++) {
        Split.Side side = sides.get(i);
        tested.add(
            evaluator.test(network, side.name() + suffix, images.get(i), side.images().size()));
      }
      return tested;
    }

    @Override
    public void close() {
      images.forEach(of -> of.rdd().cleanShuffleDependencies(false));
    }
  }
}
