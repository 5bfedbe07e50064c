package dev.kennel.training;

import dev.kennel.averaging.Blueprint;
import dev.kennel.averaging.Replicated;
import dev.kennel.averaging.Round;
import dev.kennel.averaging.SlicedAveraging;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.Settings;
import dev.kennel.dataset.Shard;
import dev.kennel.image.Augmentation;
import dev.kennel.network.Answer;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.ConvolutionAlgorithm;
import dev.kennel.onednn.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Trains one network on the cluster, epoch by epoch, by averaging the parameters of workers. */
public final class Trainer implements AutoCloseable {
  private final JavaRDD<Shard> shards;
  private final int images;
  private final BatchPlan plan;
  private final Batches batches;
  private final LearningRateSchedule schedule;
  private final SlicedAveraging averaging;
  private final SparkComputationGraph graph;
  private final CollectionAccumulator<Step> steps;

  /**
   * A training from starting parameters that the seed decides.
   *
   * @param name names the training, unique in the application
   * @param shards training images, one shard a worker
   * @param images their number
   * @param sizeIndex which of the prepared sizes is the network's
   */
  public Trainer(
      JavaSparkContext spark,
      String name,
      Network network,
      int classes,
      Settings settings,
      NetworkSettings own,
      Cluster cluster,
      JavaRDD<Shard> shards,
      int images,
      int sizeIndex) {
    int workers = cluster.workers();
    this.shards = shards;
    this.images = images;
    this.plan = BatchPlan.of(images, workers, settings.batchSize(), settings.averagingFrequency());
    int shift = (int) (settings.augmentation().shift() * own.imageSize());
    this.batches =
        new Batches(
            plan,
            sizeIndex,
            own.imageSize(),
            classes,
            new Augmentation(shift, settings.augmentation().flip()),
            settings.seed());
    this.schedule =
        LearningRateSchedule.of(
            settings.schedule(), own.learningRate(), settings.epochs(), plan.steps());
    ComputationGraphConfiguration configuration =
        network.configure(
            classes,
            own.imageSize(),
            new Optimization(new Nesterovs(schedule, settings.momentum()), settings.weightDecay()));
    Computation how =
        new Computation(
            Precision.of(settings.precision()), ConvolutionAlgorithm.of(settings.convolution()));
    this.steps = spark.sc().collectionAccumulator(name);
    this.averaging =
        new SlicedAveraging(
            spark,
            name,
            new TrainedNetwork(configuration, how, settings.seed()),
            new WorkerFit(cluster.threads(), steps));
    this.graph = new SparkComputationGraph(spark, new Blueprint(configuration), averaging);
  }

  /**
   * Trains for one epoch.
   *
   * @param epoch counted from 1
   * @param progress told after every round what it answered
   * @throws IllegalStateException if not every training image was seen exactly once
   */
  public TrainedEpoch train(int epoch, Progress progress) {
    long start = System.nanoTime();
    List<Answer> answers = new ArrayList<>(images);
    for (int round = 0; round < plan.rounds(); round++) {
      int thisRound = round;
      Batches source = batches;
      JavaRDD<MultiDataSet> data =
          shards.mapPartitionsWithIndex(
              (worker, shard) -> source.round(shard.next(), worker, epoch, thisRound), true);
      graph
          .getNetwork()
          .getConfiguration()
          .setIterationCount((epoch - 1) * plan.steps() + plan.firstStep(round));
      graph.fitMultiDataSet(data);
      List<Answer> answered = answersOfRound();
      answers.addAll(answered);
      progress.round(answered);
    }
    if (answers.size() != images) {
      throw new IllegalStateException(
          "Epoch " + epoch + " saw " + answers.size() + " images instead of " + images);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double lastRate = schedule.valueAt(epoch * plan.steps() - 1, epoch);
    return new TrainedEpoch(answers, lastRate, seconds);
  }

  /** The answers of the round that has just ended; those of a task that ran twice count once. */
  private List<Answer> answersOfRound() {
    Map<List<Integer>, List<Answer>> byStep =
        new TreeMap<>(
            java.util.Comparator.comparing((List<Integer> key) -> key.get(0))
                .thenComparing(key -> key.get(1)));
    for (Step step : steps.value()) {
      byStep.put(List.of(step.worker(), step.step()), step.answers());
    }
    steps.reset();
    return byStep.values().stream().flatMap(List::stream).toList();
  }

  /** The network with the averaged parameters so far, on the executors. */
  public Replicated network() {
    return averaging.network();
  }

  /** The rounds since the last call; whole once the averaged parameters have been used. */
  public List<Round> rounds() {
    return averaging.rounds();
  }

  /** Lets the parameters go. */
  @Override
  public void close() {
    averaging.close();
  }
}
