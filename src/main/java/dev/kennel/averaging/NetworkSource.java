package dev.kennel.averaging;

import java.io.Serializable;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Builds a network on an executor. */
public interface NetworkSource extends Serializable {
  /** The names of layers that training leaves as they are. */
  default Set<String> frozen() {
    return Set.of();
  }

  /** A network with memory for parameters and momentum, of any content. */
  ComputationGraph build();

  /** Gives parameters and momentum the values that a training starts from, the same everywhere. */
  void initialize(ComputationGraph network);
}
