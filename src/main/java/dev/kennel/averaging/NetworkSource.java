package dev.kennel.averaging;

import java.io.Serializable;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Builds a network on an executor. */
public interface NetworkSource extends Serializable {
  /** The names of layers that training leaves as they are. */
  default Set<String> frozen() {
    return Set.of();
  }

  /** A network with memory for its whole state, of any content. */
  ComputationGraph build();

  /** Gives its state the values that a training starts from, the same everywhere. */
  void initialize(ComputationGraph network);

  /** The moving average of its parameters, of the same shape, if it keeps one. */
  default Optional<INDArray> movingAverage(ComputationGraph network) {
    return Optional.empty();
  }

  /** A network to answer with, on these parameters, which stay as they are. */
  default ComputationGraph answering(ComputationGraph network, INDArray parameters) {
    ComputationGraph answering = new ComputationGraph(network.getConfiguration().clone());
    answering.init(parameters, false);
    return answering;
  }
}
