package dev.kennel.training;

import dev.kennel.averaging.NetworkSource;
import dev.kennel.config.MovingAverageSettings;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.StateDict;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.LeanGraph;
import dev.kennel.onednn.MovingAverage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The network that workers train.
 *
 * @param how its layers compute
 * @param frozen names of layers that stay as they are
 * @param movingAverage of its parameters
 * @param clipGradNorm the largest norm of its gradient; 0: any
 * @param seed of the values that it starts from
 * @param pretrained those that it starts from instead, but for a classifier of other classes; one
 *     file at most
 */
record TrainedNetwork(
    Network network,
    ComputationGraphConfiguration configuration,
    Computation how,
    Set<String> frozen,
    MovingAverageSettings movingAverage,
    double clipGradNorm,
    long seed,
    List<TrainedWeights> pretrained)
    implements NetworkSource {
  @Override
  public ComputationGraph build() {
    Arithmetic.chooseBinary(); // in a session that has not Kennel's plugin
    LeanGraph graph = new LeanGraph(configuration.clone(), how, frozen, clipGradNorm);
    graph.init();
    if (movingAverage.isOn()) {
      graph.keepMovingAverage(movingAverage.decay(), movingAverage.steps());
    }
    return graph;
  }

  @Override
  public void initialize(ComputationGraph graph) {
    Initialization.initialize(graph, seed);
    pretrained.forEach(file -> load(file, graph));
    INDArray state = graph.getUpdater(true).getStateViewArray(); // of the optimizer
    if (state != null) {
      state.assign(0);
    }
    movingAverage(graph).ifPresent(average -> average.assign(graph.params()));
  }

  @Override
  public Optional<INDArray> movingAverage(ComputationGraph graph) {
    return graph instanceof LeanGraph own
        ? own.movingAverage().map(MovingAverage::values)
        : Optional.empty();
  }

  @Override
  public ComputationGraph answering(ComputationGraph graph, INDArray parameters) {
    ComputationGraph answering = new LeanGraph(graph.getConfiguration().clone());
    answering.init(parameters, false);
    return answering;
  }

  private void load(TrainedWeights weights, ComputationGraph graph) {
    try {
      weights.readTensors(file -> StateDict.of(network, graph).load(file));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot start %s from %s: %s".formatted(network.title(), weights.path(), e.getMessage()),
          e);
    }
  }
}
