package dev.kennel.training;

import dev.kennel.averaging.Averaging;
import dev.kennel.averaging.Fitting;
import dev.kennel.averaging.LostStateException;
import dev.kennel.averaging.NetworkSource;
import dev.kennel.averaging.Replicated;
import dev.kennel.averaging.Round;
import dev.kennel.averaging.SlicedAveraging;
import dev.kennel.averaging.StockAveraging;
import dev.kennel.config.CheckpointSettings;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.OptimizerSettings;
import dev.kennel.config.Settings;
import dev.kennel.dataset.PreparedImage;
import dev.kennel.network.Answer;
import dev.kennel.network.Network;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.ConvolutionAlgorithm;
import dev.kennel.onednn.Precision;
import dev.kennel.training.Checkpoints.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Trains one network on the cluster, epoch by epoch, by averaging the parameters of workers. */
public final class Trainer implements AutoCloseable {
  /** How often a training goes back to the same place before its failure is the run's. */
  private static final int RECOVERIES = 3;

  private final EpochImages epochImages;
  private final int images;
  private final BatchPlan plan;
  private final Batches batches;
  private final LearningRateSchedule schedule;
  private final Averaging averaging;
  private final SparkComputationGraph graph;
  private final CollectionAccumulator<Step> steps;
  private final CheckpointSettings checkpointing;
  private final Checkpoints checkpoints;
  private final boolean keepsMovingAverage;
  private List<Round> rounds = List.of(); // of the epoch under way, so far
  private Position restored; // null: not yet
  private int returns; // to that position, in a row

  /**
   * A training from starting parameters that the seed decides, or a file of trained ones.
   *
   * @param name names the training, unique in the application
   * @param prepared training images of the network's size
   * @param images their number
   * @param checkpoints of this training
   * @param pretrained the file; empty: none
   */
  public Trainer(
      JavaSparkContext spark,
      String name,
      Network network,
      int classes,
      Settings settings,
      NetworkSettings own,
      Cluster cluster,
      JavaRDD<PreparedImage> prepared,
      int images,
      Checkpoints checkpoints,
      Optional<TrainedWeights> pretrained) {
    int workers = cluster.workers();
    this.images = images;
    this.checkpointing = settings.checkpoints();
    this.checkpoints = checkpoints;
    this.keepsMovingAverage = settings.movingAverage().isOn();
    this.plan = plan(settings, images, workers);
    this.epochImages = new EpochImages(prepared, plan, settings.seed());
    this.batches =
        new Batches(
            plan,
            ImageSizes.of(
                settings.progressiveResizing(), own.imageSize(), settings.epochs() * plan.steps()),
            classes,
            Variation.ofImages(settings.augmentation(), own.imageSize()),
            Variation.ofBatches(settings.augmentation()),
            settings.labelSmoothing(),
            settings.seed());
    OptimizerSettings optimizer = settings.optimizer();
    double scaling = optimizer.learningRateScaling().factor(workers);
    this.schedule = schedule(settings, scaling * own.learningRate());
    ComputationGraphConfiguration configuration =
        network.configure(
            classes,
            own.imageSize(),
            Optimizer.of(optimizer, own, scaling, peak -> schedule(settings, peak)));
    Computation how =
        new Computation(
            Precision.of(settings.precision()), ConvolutionAlgorithm.of(settings.convolution()));
    this.steps = spark.sc().collectionAccumulator(name);
    NetworkSource source =
        new TrainedNetwork(
            network,
            configuration,
            how,
            Network.layers(configuration, own.freeze()),
            settings.movingAverage().inEpochsOf(plan.steps()),
            optimizer.clipGradNorm(),
            settings.seed(),
            pretrained.stream().toList());
    Fitting fit = new WorkerFit(cluster.threads(), steps);
    this.averaging =
        settings.averaging().equals("stock")
            ? new StockAveraging(
                spark,
                name,
                source,
                fit,
                workers,
                settings.batchSize(),
                Math.max(plan.averagingFrequency(), plan.warmUpFrequency()))
            : new SlicedAveraging(spark, name, source, fit);
    this.graph = averaging.graph(configuration);
  }

  /** One worker has nothing to average, however often. */
  private static BatchPlan plan(Settings settings, int images, int workers) {
    BatchPlan plan =
        BatchPlan.of(images, workers, settings.batchSize(), settings.averagingFrequency());
    OptionalInt warmUp = settings.warmUpAveragingFrequency();
    return warmUp.isEmpty() || workers == 1
        ? plan
        : plan.withWarmUp(
            settings.schedule().warmUpSteps(settings.epochs() * plan.steps()), warmUp.getAsInt());
  }

  private LearningRateSchedule schedule(Settings settings, double peak) {
    return LearningRateSchedule.of(settings.schedule(), peak, settings.epochs(), plan.steps());
  }

  /** Goes to the newest sound checkpoint; to the start, where there is none. */
  public Position restore() throws IOException {
    Optional<Checkpoint> newest = checkpoints.newest();
    newest.ifPresentOrElse(
        found -> averaging.restore(found.folder(), found.state()), averaging::restart);
    Position position = newest.map(Checkpoint::position).orElse(Position.START);
    returns = position.isAt(restored) ? returns + 1 : 0;
    restored = position;
    return position;
  }

  /**
   * Whether to {@link #restore} after a failure: averaged parameters were lost, and not too often
   * since the same checkpoint.
   */
  public boolean canRecover(Throwable failure) {
    return LostStateException.in(failure).isPresent() && returns < RECOVERIES;
  }

  /**
   * Trains for one epoch, or for what is left of it.
   *
   * @param from where in the epoch it begins
   * @param progress told after every round what it answered
   * @throws IllegalStateException if not every training image was seen exactly once
   */
  public TrainedEpoch train(Position from, Progress progress) {
    long start = System.nanoTime();
    int epoch = from.epoch();
    List<Answer> answers = new ArrayList<>(images);
    answers.addAll(from.answers());
    if (!answers.isEmpty()) {
      progress.round(from.answers());
    }
    averaging.rounds(); // those of the epoch before
    rounds = from.rounds();
    int ofEpoch = plan.rounds(epoch);
    for (int round = from.round(); round < ofEpoch; round++) {
      List<Answer> answered = round(epoch, round);
      answers.addAll(answered);
      progress.round(answered);
      int next = round + 1;
      if (next < ofEpoch && checkpointing.isDueWithinEpoch(plan.roundsBefore(epoch) + next)) {
        double seconds = from.seconds() + seconds(start);
        checkpoints.save(
            network(), () -> new Position(epoch, next, seconds, List.copyOf(answers), rounds()));
      }
    }
    if (answers.size() != images) {
      throw new IllegalStateException(
          "Epoch " + epoch + " saw " + answers.size() + " images instead of " + images);
    }
    double lastRate = schedule.valueAt(epoch * plan.steps() - 1, epoch);
    return new TrainedEpoch(answers, lastRate, from.seconds() + seconds(start));
  }

  /** Saves the end of an epoch, if a checkpoint is due there; the position after it. */
  public Position ended(int epoch) {
    Position next = Position.beginOf(epoch + 1);
    if (checkpointing.isDueAfterEpoch(epoch, plan.roundsBefore(next.epoch()))) {
      checkpoints.save(network(), () -> next);
    }
    return next;
  }

  private List<Answer> round(int epoch, int round) {
    Batches source = batches;
    JavaRDD<MultiDataSet> data =
        epochImages
            .round(epoch, round)
            .mapPartitionsWithIndex(
                (worker, ofWorker) -> source.round(ofWorker, worker, epoch, round), true);
    int first = (epoch - 1) * plan.steps() + plan.firstStep(epoch, round);
    int end = (epoch - 1) * plan.steps() + plan.endStep(epoch, round);
    graph.getNetwork().getConfiguration().setIterationCount(first);
    graph.fitMultiDataSet(data);
    return answers(first, end);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /**
   * The answers of the round that has just ended, worker by worker. Those of a task that ran twice
   * count once, those of an earlier round, which a task may bring late, not at all.
   */
  private List<Answer> answers(int first, int end) {
    Map<Integer, Map<Integer, List<Answer>>> byWorker = new TreeMap<>();
    for (Step step : steps.value()) {
      if (step.iteration() >= first && step.iteration() < end) {
        byWorker
            .computeIfAbsent(step.worker(), worker -> new TreeMap<>())
            .put(step.iteration(), step.answers());
      }
    }
    steps.reset();
    return byWorker.values().stream()
        .flatMap(worker -> worker.values().stream())
        .flatMap(List::stream)
        .toList();
  }

  /** The network with the averaged parameters so far, on the executors. */
  public Replicated network() {
    return averaging.network();
  }

  /** What it comes to: the same with the moving average of its parameters, if one is kept. */
  public Replicated model() {
    return keepsMovingAverage ? network().movingAverage() : network();
  }

  /** Whether {@link #model} is another than {@link #network}. */
  public boolean keepsMovingAverage() {
    return keepsMovingAverage;
  }

  /**
   * The rounds of the epoch so far. Their times are whole once the averaged parameters are used.
   */
  public List<Round> rounds() {
    rounds = Stream.concat(rounds.stream(), averaging.rounds().stream()).toList();
    return rounds;
  }

  /** Lets parameters and shuffled images go. */
  @Override
  public void close() {
    epochImages.close();
    averaging.close();
  }
}
