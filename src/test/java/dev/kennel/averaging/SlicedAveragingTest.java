package dev.kennel.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.LocalSpark;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

class SlicedAveragingTest {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final JavaSparkContext spark =
      JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());

  /** Where the mean is taken. */
  enum Way {
    IN_REPLICAS,
    IN_SLICES
  }

  /** A network of four parameters that starts with 10 in all of them. */
  private record Ten() implements NetworkSource {
    @Override
    public ComputationGraph build() {
      ComputationGraph network = new ComputationGraph(configuration());
      network.init();
      return network;
    }

    @Override
    public void initialize(ComputationGraph network) {
      network.params().assign(10);
      network.getUpdater(true).getStateViewArray().assign(0);
    }
  }

  private static ComputationGraphConfiguration configuration() {
    return new NeuralNetConfiguration.Builder()
        .updater(new Nesterovs(0.1, 0.9))
        .graphBuilder()
        .addInputs("in")
        .addLayer("out", new OutputLayer.Builder().nIn(1).nOut(2).build(), "in")
        .setOutputs("out")
        .build();
  }

  /** Adds to the parameters what the first feature says, to momentum its tenfold. */
  private static long add(ComputationGraph network, List<Float> features) {
    for (float feature : features) {
      network.params().addi(feature);
      network.getUpdater(true).getStateViewArray().addi(10 * feature);
    }
    return features.size();
  }

  private static final Fitting ADDING =
      (network, batches, worker) -> {
        List<Float> features = new ArrayList<>();
        batches.forEachRemaining(batch -> features.add(batch.getFeatures(0).getFloat(0)));
        return new Work(add(network, features), 0);
      };

  private SlicedAveraging averaging(Way way, Fitting fitting) {
    return new SlicedAveraging(
        spark, "adding-" + NAMES.incrementAndGet(), new Ten(), fitting, way == Way.IN_REPLICAS);
  }

  /** A worker for each list, with an example for each number. */
  private JavaRDD<org.nd4j.linalg.dataset.api.MultiDataSet> data(List<List<Float>> workers) {
    return spark
        .parallelize(workers, workers.size())
        .flatMap(
            features ->
                features.stream()
                    .<org.nd4j.linalg.dataset.api.MultiDataSet>map(
                        feature ->
                            new MultiDataSet(
                                Nd4j.createFromArray(new float[][] {{feature}}),
                                Nd4j.createFromArray(new float[][] {{1, 0}})))
                    .iterator());
  }

  @ParameterizedTest
  @EnumSource
  void theMeanOfTwoWorkersIsWeightedByTheirExamples(Way way) {
    SlicedAveraging averaging = averaging(way, ADDING);
    round(averaging, List.of(List.of(1f), List.of(2f, 2f, 2f)));
    // workers: 10 + 1 (one example), 10 + 6 (three)
    assertThat(parameters(averaging)).containsOnly((11 + 3 * 16) / 4f);
    assertThat(momentum(averaging)).containsOnly((10 + 3 * 60) / 4f);
  }

  @ParameterizedTest
  @EnumSource
  void theMeanOfThreeWorkersIsWeightedByTheirExamples(Way way) {
    SlicedAveraging averaging = averaging(way, ADDING);
    round(averaging, List.of(List.of(4f), List.of(1f, 1f), List.of(8f)));
    assertThat(parameters(averaging)).containsOnly((14 + 2 * 12 + 18) / 4f);
  }

  @ParameterizedTest
  @EnumSource
  void withEqualNumbersOfExamplesItIsWhatDeeplearning4jAveragesItself(Way way) {
    List<List<Float>> workers = List.of(List.of(0.5f, -2f), List.of(1f, 3f));
    SlicedAveraging ours =
        averaging(
            way,
            (network, batches, worker) -> {
              batches.forEachRemaining(network::fit);
              return new Work(2, 0);
            });
    ParameterAveragingTrainingMaster theirs =
        new ParameterAveragingTrainingMaster.Builder(2, 1)
            .batchSizePerWorker(1)
            .averagingFrequency(2)
            .saveUpdater(true)
            .workerPrefetchNumBatches(0)
            .repartionData(Repartition.Never)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .build();
    ComputationGraph start = new Ten().build();
    new Ten().initialize(start);
    SparkComputationGraph graph = new SparkComputationGraph(spark, start, theirs);
    for (int round = 0; round < 3; round++) { // momentum goes from one to the next
      round(ours, workers);
      graph.fitMultiDataSet(data(workers));
    }
    float[] expected = graph.getNetwork().params().dup().data().asFloat();
    assertThat(expected).doesNotContain(10);
    assertThat(parameters(ours)).usingComparatorWithPrecision(1e-6f).containsExactly(expected);
  }

  @ParameterizedTest
  @EnumSource
  void aRoundGoesOnFromTheMeanOfTheOneBefore(Way way) {
    SlicedAveraging averaging = averaging(way, ADDING);
    round(averaging, List.of(List.of(2f), List.of(4f))); // mean 13
    round(averaging, List.of(List.of(1f), List.of(5f))); // 14 and 18
    assertThat(parameters(averaging)).containsOnly(16);
    assertThat(momentum(averaging)).containsOnly(60);
    assertThat(averaging.network().state().version()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void moreWorkersThanCoresAreAveragedToo(Way way) {
    SlicedAveraging averaging = averaging(way, ADDING);
    List<List<Float>> workers = new ArrayList<>();
    for (float w = 1; w <= 9; w++) {
      workers.add(List.of(w));
    }
    round(averaging, workers);
    round(averaging, workers);
    assertThat(parameters(averaging)).containsOnly(20);
  }

  @Test
  void aRoundThatFailsLeavesTheSlicesAsTheyWere() {
    SlicedAveraging averaging =
        averaging(
            Way.IN_SLICES,
            (network, batches, worker) -> {
              Work work = ADDING.fit(network, batches, worker);
              if (network.params().getFloat(0) > 100) {
                throw new IllegalStateException("too large");
              }
              return work;
            });
    round(averaging, List.of(List.of(2f), List.of(4f)));
    assertThatThrownBy(() -> round(averaging, List.of(List.of(1f), List.of(500f))))
        .isInstanceOf(SparkException.class)
        .hasMessageContaining("too large");
    round(averaging, List.of(List.of(1f), List.of(5f)));
    assertThat(parameters(averaging)).containsOnly(16);
  }

  @Test
  void aLostReplicaIsSaidToBeLostWhereNoSlicesAreLeftOfIt() {
    SlicedAveraging first = averaging(Way.IN_REPLICAS, ADDING);
    round(first, List.of(List.of(2f)));
    Replicated before = first.network();
    first.close();
    assertThatThrownBy(before::network)
        .isInstanceOf(LostStateException.class)
        .hasMessageContaining("Cannot go on from average 1");
  }

  @ParameterizedTest
  @EnumSource
  void twoTrainingsAtOnceDoNotDisturbEachOther(Way way) {
    SlicedAveraging first = averaging(way, ADDING);
    SlicedAveraging second = averaging(way, ADDING);
    round(first, List.of(List.of(2f), List.of(4f)));
    round(second, List.of(List.of(5f), List.of(5f)));
    round(first, List.of(List.of(1f), List.of(5f)));
    assertThat(parameters(first)).containsOnly(16);
    assertThat(parameters(second)).containsOnly(15);
  }

  @Test
  void aRoundTellsItsWorkersExamplesAndTimes() {
    SlicedAveraging averaging = averaging(Way.IN_SLICES, ADDING);
    round(averaging, List.of(List.of(1f), List.of(2f, 2f, 2f)));
    parameters(averaging);
    assertThat(averaging.rounds())
        .singleElement()
        .satisfies(
            round -> {
              assertThat(round.number()).isZero();
              assertThat(round.workers()).isEqualTo(2);
              assertThat(round.examples()).isEqualTo(4);
              assertThat(round.fitSeconds()).isPositive();
              assertThat(round.averagingSeconds()).isPositive();
              assertThat(round.bytesExchanged()).isZero(); // all in one process
            });
    assertThat(averaging.rounds()).isEmpty();
  }

  @Test
  void nothingStaysInSparkAfterTheEnd() {
    Set<String> before = blocks(); // of other tests, which Spark may remove meanwhile
    SlicedAveraging averaging = averaging(Way.IN_SLICES, ADDING);
    round(averaging, List.of(List.of(1f), List.of(2f)));
    Set<String> made = blocks();
    made.removeAll(before);
    assertThat(made).hasSize(2); // the means of parameters and momentum
    averaging.close();
    assertThat(blocks()).doesNotContainAnyElementsOf(made);
  }

  private Set<String> blocks() {
    Set<String> names = new HashSet<>();
    spark
        .sc()
        .env()
        .blockManager()
        .getMatchingBlockIds(id -> id.isRDD())
        .foreach(id -> names.add(id.name()));
    return names;
  }

  private void round(SlicedAveraging averaging, List<List<Float>> workers) {
    averaging.graph(configuration()).fitMultiDataSet(data(workers));
  }

  private static float[] parameters(SlicedAveraging averaging) {
    return averaging.network().network().params().dup().data().asFloat();
  }

  private static float[] momentum(SlicedAveraging averaging) {
    INDArray state = averaging.network().network().getUpdater(true).getStateViewArray();
    return state.dup().data().asFloat();
  }
}
