package dev.kennel.averaging;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingWorker;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Deeplearning4j's own averaging, to compare with. The driver holds the network, sends it whole to
 * every worker in every round, and adds up what comes back; every worker weighs the same, however
 * many examples it saw.
 */
public final class StockAveraging extends ParameterAveragingTrainingMaster implements Averaging {
  private static final int AGGREGATION_DEPTH = 2; // Deeplearning4j's default

  private final transient JavaSparkContext spark;
  private final transient NetworkSource source;
  private final transient Fitting fitting;
  private final transient CollectionAccumulator<StepFit> fits;
  private final transient CollectionAccumulator<Taken> taken;
  private final transient List<Round> unread = new ArrayList<>();
  private final String training;
  private transient ComputationGraph network; // null: not asked for yet
  private transient Broadcast<List<float[]>> shared; // null: not since the last round
  private long version;
  private int attempt;

  /** What a worker's step adds to a round. */
  private record StepFit(int worker, Work work, double seconds) implements Serializable {}

  /**
   * For one training of one network.
   *
   * @param training a name for it, unique in the application
   * @param batchSize examples of a worker's step, at most
   * @param averagingFrequency steps of a round, at most
   */
  public StockAveraging(
      JavaSparkContext spark,
      String training,
      NetworkSource source,
      Fitting fitting,
      int workers,
      int batchSize,
      int averagingFrequency) {
    super(
        true, // average momentum too
        workers,
        batchSize,
        batchSize,
        averagingFrequency,
        AGGREGATION_DEPTH,
        0,
        Repartition.Never,
        null,
        null, // the data is cached already
        false);
    this.rddTrainingApproach = RDDTrainingApproach.Direct;
    this.spark = spark;
    this.training = training;
    this.source = source;
    this.fitting = fitting;
    this.fits = spark.sc().collectionAccumulator(training + " fits");
    this.taken = spark.sc().collectionAccumulator(training + " taken");
  }

  @Override
  public SparkComputationGraph graph(ComputationGraphConfiguration configuration) {
    network = new ComputationGraph(configuration);
    network.init();
    source.initialize(network);
    return new SparkComputationGraph(spark, network, this);
  }

  /** The data is one split as it is; cut at random, as usual, no worker would keep its own. */
  @Override
  public void executeTrainingMDS(SparkComputationGraph graph, JavaRDD<MultiDataSet> data) {
    long start = System.nanoTime();
    fits.reset();
    Map<Layer, INDArray> frozen = frozen();
    doIteration(graph, data, 1, 1);
    frozen.forEach((layer, parameters) -> layer.params().assign(parameters));
    double seconds = (System.nanoTime() - start) / 1e9;
    double[] byWorker = new double[data.getNumPartitions()];
    double[] waiting = new double[byWorker.length];
    long examples = 0;
    for (StepFit fit : fits.value()) {
      byWorker[fit.worker()] += fit.seconds();
      waiting[fit.worker()] += fit.work().waitSeconds();
      examples += fit.work().examples();
    }
    double slowest = Arrays.stream(byWorker).max().orElse(0);
    double waited = Arrays.stream(waiting).max().orElse(0);
    // To every worker, and back.
    long bytes = spark.isLocal() ? 0 : 2L * byWorker.length * new Replica(network, source).bytes();
    unread.add(
        new Round(version, byWorker.length, examples, slowest, waited, seconds - slowest, bytes));
    changed(version + 1);
  }

  /** What is not trained, which a mean of three or more would round. */
  private Map<Layer, INDArray> frozen() {
    Map<Layer, INDArray> frozen = new HashMap<>();
    for (String name : source.frozen()) {
      Layer layer = network.getLayer(name);
      if (layer != null && layer.numParams() > 0) {
        frozen.put(layer, layer.params().dup());
      }
    }
    return frozen;
  }

  @Override
  public ParameterAveragingTrainingWorker getWorkerInstance(SparkComputationGraph graph) {
    ComputationGraph driver = graph.getNetwork();
    NetBroadcastTuple tuple =
        new NetBroadcastTuple(
            driver.getConfiguration(), driver.params(), driver.getUpdater().getStateViewArray());
    return new Worker(
        spark.broadcast(tuple),
        new WorkerConfiguration(
            true, rddDataSetNumExamples, batchSizePerWorker, averagingFrequency, 0, false),
        source,
        driver.getConfiguration().getIterationCount(),
        fitting,
        fits);
  }

  @Override
  public Replicated network() {
    if (shared == null) {
      Replica replica = new Replica(network, source);
      List<float[]> slices =
          IntStream.range(0, replica.slicing().count())
              .mapToObj(
                  index -> {
                    float[] slice = new float[replica.floats(index).limit()];
                    replica.floats(index).get(slice);
                    return slice;
                  })
              .toList();
      shared = spark.broadcast(slices);
    }
    State state = new State.Broadcasted(version, shared);
    return new Replicated(training, attempt, source, state, false, taken);
  }

  @Override
  public List<Round> rounds() {
    List<Round> rounds = List.copyOf(unread);
    unread.clear();
    return rounds;
  }

  @Override
  public void restore(String folder, SavedState saved) {
    var hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
    new State.InFiles(folder, saved, hadoop).fill(new Replica(network, source), source);
    attempt++;
    changed(saved.version());
  }

  @Override
  public void restart() {
    source.initialize(network);
    attempt++;
    changed(0);
  }

  private void changed(long now) {
    close();
    version = now;
  }

  @Override
  public void close() {
    if (shared != null) {
      shared.destroy();
      shared = null;
    }
    Replicas.end(training);
  }

  /** Fits as Kennel's workers do, on a network like theirs. */
  private static final class Worker extends ParameterAveragingTrainingWorker {
    private static final long serialVersionUID = 1;

    private final Broadcast<NetBroadcastTuple> broadcast;
    private final NetworkSource source;
    private final int iteration;
    private final Fitting fitting;
    private final CollectionAccumulator<StepFit> fits;

    Worker(
        Broadcast<NetBroadcastTuple> broadcast,
        WorkerConfiguration configuration,
        NetworkSource source,
        int iteration,
        Fitting fitting,
        CollectionAccumulator<StepFit> fits) {
      super(broadcast, true, configuration, null, null, null);
      this.broadcast = broadcast;
      this.source = source;
      this.iteration = iteration;
      this.fitting = fitting;
      this.fits = fits;
    }

    /** Deeplearning4j's own would know neither of frozen layers nor of the precision. */
    @Override
    public ComputationGraph getInitialModelGraph() {
      ComputationGraph network = source.build();
      NetBroadcastTuple start = broadcast.value();
      network.setParams(start.getParameters());
      if (start.getUpdaterState() != null) {
        network.getUpdater(true).getStateViewArray().assign(start.getUpdaterState());
      }
      network.getConfiguration().setIterationCount(iteration);
      return network;
    }

    @Override
    public ParameterAveragingTrainingResult processMinibatch(
        MultiDataSet batch, ComputationGraph graph, boolean isLast) {
      int worker = TaskContext.getPartitionId();
      long start = System.nanoTime();
      Work work = fitting.fit(graph, Stream.of(batch).iterator(), worker);
      fits.add(new StepFit(worker, work, (System.nanoTime() - start) / 1e9));
      return isLast ? getFinalResult(graph) : null; // Deeplearning4j's word for "not yet"
    }
  }
}
