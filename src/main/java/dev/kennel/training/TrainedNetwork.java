package dev.kennel.training;

import dev.kennel.averaging.NetworkSource;
import dev.kennel.network.Initialization;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.LeanGraph;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The network that workers train.
 *
 * @param how its layers compute
 * @param seed of the values that it starts from
 */
record TrainedNetwork(ComputationGraphConfiguration configuration, Computation how, long seed)
    implements NetworkSource {
  @Override
  public ComputationGraph build() {
    ComputationGraph network = new LeanGraph(configuration.clone(), how);
    network.init();
    return network;
  }

  @Override
  public void initialize(ComputationGraph network) {
    Initialization.initialize(network, seed);
    INDArray momentum = network.getUpdater(true).getStateViewArray();
    if (momentum != null) {
      momentum.assign(0);
    }
  }
}
