package dev.kennel.averaging;

import java.io.Serializable;
import java.util.Iterator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Trains a worker's network in one round. Depends on nothing but its arguments. */
@FunctionalInterface
public interface Fitting extends Serializable {
  /**
   * Trains the network on the batches, in their order.
   *
   * @param worker counted from 0
   */
  Work fit(ComputationGraph network, Iterator<MultiDataSet> batches, int worker);
}
