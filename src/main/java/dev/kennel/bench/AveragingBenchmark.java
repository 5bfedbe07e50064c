package dev.kennel.bench;

import dev.kennel.averaging.Averaging;
import dev.kennel.averaging.Fitting;
import dev.kennel.averaging.NetworkSource;
import dev.kennel.averaging.Round;
import dev.kennel.averaging.SlicedAveraging;
import dev.kennel.averaging.StockAveraging;
import dev.kennel.averaging.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Times rounds of parameter averaging on a Spark cluster, of a network with momentum that workers
 * leave as it is: what remains of a round without its training.
 *
 * @param parameters of the network
 * @param rounds that are timed, after the warm-up
 * @param isStock whether by Deeplearning4j's own way, to compare with
 */
public record AveragingBenchmark(long parameters, int workers, int rounds, boolean isStock) {
  private static final int WARM_UP = 2;

  /** A fully connected layer of one output. */
  private record Column(long inputs) implements NetworkSource {
    @Override
    public ComputationGraph build() {
      ComputationGraph network = new ComputationGraph(configuration());
      network.init();
      return network;
    }

    @Override
    public void initialize(ComputationGraph network) {}

    ComputationGraphConfiguration configuration() {
      return new NeuralNetConfiguration.Builder()
          .weightInit(WeightInit.ZERO)
          .updater(new Nesterovs(0.1, 0.9))
          .graphBuilder()
          .addInputs("in")
          .addLayer(
              "out",
              new OutputLayer.Builder(LossFunction.MSE)
                  .nIn(inputs)
                  .nOut(1)
                  .activation(Activation.IDENTITY)
                  .build(),
              "in")
          .setOutputs("out")
          .build();
    }
  }

  /** Runs it; answers with one line of JSON, {@code version} being Kennel's. */
  public String run(JavaSparkContext spark, String version) {
    Column network = new Column(parameters - 1); // and a bias
    JavaRDD<MultiDataSet> data =
        spark
            .parallelize(IntStream.range(0, workers).boxed().toList(), workers)
            .map(worker -> new org.nd4j.linalg.dataset.MultiDataSet(one(), one()));
    List<Round> timed = new ArrayList<>();
    Fitting nothing = (graph, batches, worker) -> new Work(1, 0);
    try (Averaging averaging =
        isStock
            ? new StockAveraging(spark, "benchmark", network, nothing, workers, 1, 1)
            : new SlicedAveraging(spark, "benchmark", network, nothing)) {
      SparkComputationGraph graph = averaging.graph(network.configuration());
      for (int round = 0; round <= WARM_UP + rounds; round++) { // one more, which takes the last
        graph.fitMultiDataSet(data);
      }
      timed.addAll(averaging.rounds().subList(WARM_UP, WARM_UP + rounds));
    }
    return String.format(
        Locale.ROOT,
        "{\"engine\": \"kennel %s\", \"master\": \"%s\", \"parameters\": %d, \"workers\": %d, "
            + "\"rounds\": %d, \"averaging_seconds\": %.4f, \"bytes_exchanged\": %.0f}",
        version,
        spark.master(),
        parameters,
        workers,
        rounds,
        median(timed, Round::averagingSeconds),
        median(timed, Round::bytesExchanged));
  }

  private static INDArray one() {
    return Nd4j.ones(1, 1);
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
    return rounds.stream().mapToDouble(figure).sorted().toArray()[rounds.size() / 2];
  }
}
