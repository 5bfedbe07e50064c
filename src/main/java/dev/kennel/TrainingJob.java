package dev.kennel;

import dev.kennel.config.ImageSettings;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.Settings;
import dev.kennel.dataset.Classes;
import dev.kennel.dataset.DecodedImages;
import dev.kennel.dataset.ImageFile;
import dev.kennel.dataset.ImageFolder;
import dev.kennel.dataset.ImageFolder.Listing;
import dev.kennel.dataset.SampleImages;
import dev.kennel.dataset.Shard;
import dev.kennel.dataset.Split;
import dev.kennel.evaluation.Evaluator;
import dev.kennel.evaluation.Metrics;
import dev.kennel.evaluation.TestedEpoch;
import dev.kennel.network.Network;
import dev.kennel.training.Checkpoints;
import dev.kennel.training.Cluster;
import dev.kennel.training.MemoryNeed;
import dev.kennel.training.Position;
import dev.kennel.training.TrainedEpoch;
import dev.kennel.training.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The whole job: read, split, for each network { for each epoch { train; evaluate; append rows } }.
 */
public final class TrainingJob {
  private final SparkSession spark;
  private final JavaSparkContext sc;
  private final Settings settings;
  private final Console console;

  /**
   * The images of a run, ready on the executors: one shard a worker, for training and for testing.
   */
  private record Images(
      Classes classes,
      Split split,
      JavaRDD<Shard> train,
      JavaRDD<Shard> test,
      List<Integer> sizes) {}

  /** A job on that session; the console is told what it does. */
  public TrainingJob(SparkSession spark, Settings settings, Console console) {
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

  private String run(RunTables run) throws IOException {
    try (RunTables tables = run) {
      console.say("Run %s writes to %s", tables.runId(), settings.output());
      try {
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
        Cluster cluster = Cluster.of(sc, settings, tables.workers());
        Images images = prepare(cluster, tables);
        for (String name : settings.networks().keySet()) {
          train(name, images, cluster, tables);
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
    if (source.areSamples()) {
      source = source.withFolder(SampleImages.unpack(sc.hadoopConfiguration(), settings.output()));
    }
    Listing listing = ImageFolder.list(spark, source, settings.output() + "/unpacked");
    console.listed(listing, settings.images().areSamples());
    Classes classes = listing.classes();
    List<Integer> sizes =
        settings.networks().values().stream().map(NetworkSettings::imageSize).distinct().toList();
    try (DecodedImages decoded = DecodedImages.decode(spark, listing, sizes)) {
      decoded.checkRejected(source.maxRejected());
      Split split = Split.of(decoded.accepted(), classes, source, settings.seed());
      split.checkWorkers(cluster.workers());
      checkMemory(classes.size(), cluster);
      List<ImageFile> rejected = new ArrayList<>(decoded.rejected());
      rejected.addAll(split.dropped());
      tables.prepared(cluster, classes, split, rejected);
      console.prepared(split, rejected, sc.master(), cluster);
      return new Images(
          classes,
          split,
          decoded.shards(split.train(), cluster.workers(), settings.seed()),
          decoded.shards(split.test(), cluster.workers(), settings.seed()),
          sizes);
    }
  }

  private void checkMemory(int classes, Cluster cluster) {
    settings
        .networks()
        .forEach(
            (name, own) -> {
              long bytes = Network.of(name).size(classes, own.imageSize()).parameterBytes();
              MemoryNeed.check(name, own.imageSize(), bytes, cluster);
            });
  }

  private void train(String name, Images images, Cluster cluster, RunTables tables)
      throws IOException {
    if (tables.hasModel(name)) {
      console.say("%s is trained already: %s", name, tables.model(name));
      return;
    }
    NetworkSettings own = settings.networks().get(name);
    int classes = images.classes().size();
    int sizeIndex = images.sizes().indexOf(own.imageSize());
    Evaluator evaluator = new Evaluator(sizeIndex, own.imageSize(), classes, cluster.threads());
    Checkpoints checkpoints = tables.checkpoints(name);
    try (Trainer trainer =
        new Trainer(
            sc,
            tables.runId() + "-" + name,
            Network.of(name),
            classes,
            settings,
            own,
            cluster,
            images.train(),
            images.split().train().size(),
            sizeIndex,
            checkpoints)) {
      Position position = trainer.restore();
      console.goesOn(name, position);
      while (!tables.hasModel(name)) {
        try {
          if (position.epoch() <= settings.epochs()) {
            position = epoch(name, position, trainer, evaluator, images, tables);
          } else {
            console.say("Saved %s to %s", name, tables.saveModel(name, trainer.network()));
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
      Evaluator evaluator,
      Images images,
      RunTables tables) {
    int epoch = from.epoch();
    int trainImages = images.split().train().size();
    TrainedEpoch trained;
    try (EpochProgress progress = console.epoch(name, epoch, settings.epochs(), trainImages)) {
      trained = trainer.train(from, progress);
    }
    int testImages = images.split().test().size();
    TestedEpoch tested = evaluator.test(trainer.network(), images.test(), testImages);
    Metrics train = Metrics.of(trained.answers(), images.classes().size());
    Metrics test = Metrics.of(tested.answers(), images.classes().size());
    tables.epoch(name, epoch, trained, train, tested, test, trainer.rounds());
    console.epochEnded(name, epoch, settings.epochs(), trained, train, test);
    return trainer.ended(epoch);
  }
}
