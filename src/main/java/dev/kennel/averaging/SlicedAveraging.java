package dev.kennel.averaging;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Parameter averaging in slices: no process but the workers' own ever holds a whole vector, and
 * none but they exchange any. A round is one Spark job of two stages. In the first, worker w fits
 * its replica to partition w of the data and publishes it, slice by slice; in the second, each task
 * takes some of the slices from every worker and publishes their mean, weighted by the examples
 * that each worker saw. The next round begins with each worker taking all means (reduce-scatter and
 * all-gather; as BigDL does it, Dai et al. 2018, arXiv 1804.05839). Where all workers are in one
 * process, nothing is published and the mean is taken in the replicas' own memory.
 *
 * <p>A task depends on nothing but the averaged state before the round, its partition and the seed,
 * so that Spark may try it again, and anywhere: a fit until averaging has begun, which puts its
 * means in the place of those before. Where the mean is taken in the replicas, no fit can be tried
 * again: that ends in a {@link LostStateException}.
 */
public final class SlicedAveraging extends GraphTrainingMaster implements Averaging {
  /** Floats of a slice. */
  public static final int SLICE = Slicing.LENGTH;

  private final JavaSparkContext spark;
  private final String training;
  private final NetworkSource source;
  private final Fitting fitting;
  private final CollectionAccumulator<Taken> taken;
  private final boolean isInReplicas; // whether all workers are in one process
  private final List<Round> unfinished = new ArrayList<>();
  private State state = new State.Seeded();
  private int attempt;

  /**
   * For one training of one network.
   *
   * @param training a name for it, unique in the application
   */
  public SlicedAveraging(
      JavaSparkContext spark, String training, NetworkSource source, Fitting fitting) {
    this(spark, training, source, fitting, spark.isLocal());
  }

  SlicedAveraging(
      JavaSparkContext spark,
      String training,
      NetworkSource source,
      Fitting fitting,
      boolean isInReplicas) {
    this.isInReplicas = isInReplicas;
    this.spark = spark;
    this.training = training;
    this.source = source;
    this.fitting = fitting;
    this.taken = spark.sc().collectionAccumulator(training + " taken");
  }

  @Override
  public SparkComputationGraph graph(ComputationGraphConfiguration configuration) {
    return new SparkComputationGraph(spark, new Blueprint(configuration), this);
  }

  @Override
  public Replicated network() {
    return new Replicated(training, attempt, source, state, isInReplicas, taken);
  }

  /**
   * One round: trains on the data, one worker a partition, and averages.
   *
   * @param graph a {@link Blueprint}, whose configuration says at which iteration the round begins
   */
  @Override
  public void executeTrainingMDS(SparkComputationGraph graph, JavaRDD<MultiDataSet> data) {
    int iteration = graph.getNetwork().getConfiguration().getIterationCount();
    long before = state.version();
    List<Averaged> averaged =
        isInReplicas ? averageHere(data, iteration) : averageSlices(data, iteration);
    unfinished.add(round(before, averaged));
  }

  /** All workers being here, so are their replicas: the mean is taken where they lie. */
  private List<Averaged> averageHere(JavaRDD<MultiDataSet> data, int iteration) {
    int workers = data.getNumPartitions();
    List<Fitted> fits =
        data.mapPartitionsToPair(new Fit(network(), fitting, iteration, Blocks.NONE, 1), true)
            .values()
            .collect();
    float[] weights = Fitted.weights(fits, workers);
    Replicas fitted = Replicas.of(network());
    List<Replica> replicas = IntStream.range(0, workers).mapToObj(fitted::fittedBy).toList();
    IntStream.range(0, fits.get(0).slicing().count())
        .parallel()
        .forEach(
            index -> {
              List<FloatBuffer> slices = replicas.stream().map(r -> r.floats(index)).toList();
              Mean.write(weights, slices, slices);
            });
    state = new State.InReplicas(state.version() + 1);
    return List.of(new Averaged(fits, Blocks.here(), 0, System.currentTimeMillis()));
  }

  private List<Averaged> averageSlices(JavaRDD<MultiDataSet> data, int iteration) {
    int workers = data.getNumPartitions();
    int averagers = spark.defaultParallelism();
    List<BlockManagerId> owners = state instanceof State.InSlices s ? s.owners() : List.of();
    int outdated = state instanceof State.InSlices s ? s.published() : Blocks.NONE;
    int published = spark.sc().newRddId();
    int means = spark.sc().newRddId();
    JavaPairRDD<Integer, Fitted> fits =
        data.mapPartitionsToPair(new Fit(network(), fitting, iteration, published, averagers), true)
            .partitionBy(new HashPartitioner(averagers));
    List<Averaged> averaged;
    try {
      JavaRDD<Averaged> averages =
          fits.mapPartitionsWithIndex(
              new Average(workers, averagers, published, means, outdated), true);
      averaged = new PlacedRdd<>(averages.rdd(), owners, averages.classTag()).toJavaRDD().collect();
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      remove(means);
      throw e;
    } finally {
      remove(published);
      forget(fits);
    }
    State before = state;
    state =
        new State.InSlices(
            before.version() + 1, means, averaged.stream().map(Averaged::owner).toList());
    release(before);
    return averaged;
  }

  @Override
  public List<Round> rounds() {
    List<Taken> all = taken.value();
    List<Round> rounds =
        unfinished.stream()
            .map(
                round -> {
                  List<Taken> after =
                      all.stream().filter(t -> t.version() == round.number() + 1).toList();
                  return new Round(
                      round.number(),
                      round.workers(),
                      round.examples(),
                      round.fitSeconds(),
                      round.waitSeconds(),
                      round.averagingSeconds()
                          + after.stream().mapToDouble(Taken::seconds).max().orElse(0),
                      round.bytesExchanged() + after.stream().mapToLong(Taken::bytes).sum());
                })
            .toList();
    unfinished.clear();
    taken.reset();
    return rounds;
  }

  @Override
  public void restore(String folder, SavedState saved) {
    begin(
        new State.InFiles(
            folder, saved, new SerializableConfiguration(spark.hadoopConfiguration())));
  }

  @Override
  public void restart() {
    begin(new State.Seeded());
  }

  private void begin(State from) {
    release(state);
    state = from;
    attempt++;
    unfinished.clear();
    taken.reset();
  }

  @Override
  public void close() {
    release(state);
    Replicas.end(training); // on a cluster, those of the executors are let go by the next training
  }

  private void release(State old) {
    if (old instanceof State.InSlices slices) {
      remove(slices.published());
    }
  }

  private void remove(int blocks) {
    spark.sc().env().blockManager().master().removeRdd(blocks, true);
  }

  /** Deletes a shuffle's files; Spark itself waits for the garbage collector of the driver. */
  private static void forget(JavaPairRDD<?, ?> shuffled) {
    ShuffleDependency<?, ?, ?> shuffle =
        (ShuffleDependency<?, ?, ?>) shuffled.rdd().dependencies().head();
    shuffled.context().cleaner().get().doCleanupShuffle(shuffle.shuffleId(), false);
  }

  private static Round round(long number, List<Averaged> averaged) {
    List<Fitted> fits = averaged.get(0).fits();
    long fitEnd = fits.stream().mapToLong(Fitted::endMillis).max().orElseThrow();
    long end = averaged.stream().mapToLong(Averaged::endMillis).max().orElseThrow();
    return new Round(
        number,
        fits.size(),
        fits.stream().mapToLong(Fitted::examples).sum(),
        fits.stream().mapToDouble(Fitted::seconds).max().orElseThrow(),
        fits.stream().mapToDouble(fit -> fit.work().waitSeconds()).max().orElseThrow(),
        Math.max(0, end - fitEnd) / 1e3,
        averaged.stream().mapToLong(Averaged::bytes).sum());
  }
}
