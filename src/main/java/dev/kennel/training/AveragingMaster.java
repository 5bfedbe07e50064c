package dev.kennel.training;

import dev.kennel.averaging.InProcess;
import dev.kennel.averaging.NetworkState;
import dev.kennel.averaging.SharedState;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.Computation;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.CollectionAccumulator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.Tuple2;

/**
 * Deeplearning4j's parameter averaging, one round a call: partition w of the data is what worker w
 * trains on, batch by batch as it comes; then parameters and momentum are averaged on the way to
 * the driver. The released class does each of these otherwise: it counts, splits and caches the
 * data anew in every call, never releases its broadcasts, builds each replica anew, serializes a
 * float at a time, and lets a worker with few examples weigh as much as one with many.
 */
final class AveragingMaster extends ParameterAveragingTrainingMaster {
  private static final int AGGREGATION_DEPTH = 2;

  private final transient CollectionAccumulator<Step> steps;
  private final String training;
  private final int threads;
  private final Computation how;

  /**
   * A master for one training of one network.
   *
   * @param training a name for it, unique in the application
   * @param threads threads of each worker's arithmetic
   * @param how the workers compute
   * @param steps where each worker's steps are collected
   */
  AveragingMaster(
      String training,
      int workers,
      int batchSize,
      int averagingFrequency,
      int threads,
      Computation how,
      CollectionAccumulator<Step> steps) {
    super(
        true, // average momentum too; Deeplearning4j's builder starts it anew in each round
        workers,
        batchSize,
        batchSize,
        averagingFrequency,
        AGGREGATION_DEPTH,
        0,
        Repartition.Never,
        null,
        null, // the data is cached as shards already
        false);
    this.rddTrainingApproach = RDDTrainingApproach.Direct;
    this.training = training;
    this.threads = threads;
    this.how = how;
    this.steps = steps;
  }

  @Override
  public void executeTrainingMDS(SparkComputationGraph graph, JavaRDD<MultiDataSet> round) {
    ComputationGraph network = graph.getNetwork();
    JavaSparkContext spark = graph.getSparkContext();
    try (SharedState state = SharedState.of(spark, NetworkState.of(network, 0))) {
      FitRound fit = new FitRound(training, threads, how, network.getConfiguration(), state, steps);
      JavaRDD<NetworkState> workers = round.mapPartitions(fit, true);
      try (NetworkState mean = spark.isLocal() ? meanHere(workers) : meanByShuffle(workers)) {
        mean.copyTo(network);
      }
    }
  }

  /** The mean of replicas that lie in this process, taken in their own memory. */
  private static NetworkState meanHere(JavaRDD<NetworkState> workers) {
    return workers.map(InProcess::of).collect().stream()
        .map(InProcess::take)
        .reduce(NetworkState::averagedWith)
        .orElseThrow();
  }

  /**
   * The mean of replicas in other processes, taken by one task. Through a shuffle, whose files keep
   * the states off the heaps; not with reduceByKey, whose maps estimate the size of what they hold
   * by walking every object in reach.
   */
  private static NetworkState meanByShuffle(JavaRDD<NetworkState> workers) {
    JavaPairRDD<Integer, NetworkState> states =
        workers.mapToPair(worker -> new Tuple2<>(0, worker)).partitionBy(new HashPartitioner(1));
    NetworkState mean = states.values().reduce(NetworkState::averagedWith);
    forget(states);
    return mean;
  }

  /** Deletes a shuffle's files; Spark itself waits for the garbage collector of the driver. */
  private static void forget(JavaPairRDD<?, ?> shuffled) {
    ShuffleDependency<?, ?, ?> shuffle =
        (ShuffleDependency<?, ?, ?>) shuffled.rdd().dependencies().head();
    shuffled.context().cleaner().get().doCleanupShuffle(shuffle.shuffleId(), false);
  }

  /** Trains the worker's replica on the batches of its partition. */
  private record FitRound(
      String training,
      int threads,
      Computation how,
      ComputationGraphConfiguration configuration,
      SharedState state,
      CollectionAccumulator<Step> steps)
      implements FlatMapFunction<Iterator<MultiDataSet>, NetworkState> {
    @Override
    public Iterator<NetworkState> call(Iterator<MultiDataSet> batches) {
      Arithmetic.useThreads(threads);
      int worker = TaskContext.getPartitionId();
      ComputationGraph replica = Replicas.take(training, worker, configuration, how);
      state.value().copyTo(replica);
      AnswerListener listener = new AnswerListener();
      replica.setListeners(listener);
      long examples = 0;
      for (int step = 0; batches.hasNext(); step++) {
        MultiDataSet batch = batches.next();
        replica.fit(batch);
        steps.add(new Step(worker, step, listener.answers()));
        examples += listener.answers().size();
        batch.getFeatures(0).close();
        batch.getLabels(0).close();
      }
      replica.setListeners();
      Replicas.giveBack(training, worker, replica);
      // Shares the replica's memory, which rests until the next round.
      return List.of(NetworkState.of(replica, examples)).iterator();
    }
  }
}
