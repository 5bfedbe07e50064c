package dev.kennel.averaging;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * The driver's side of a network that executors train: its configuration and its position in the
 * training, and no parameters.
 */
final class Blueprint extends ComputationGraph {
  private static final long serialVersionUID = 1;

  /** Of that configuration. */
  Blueprint(ComputationGraphConfiguration configuration) {
    super(configuration);
  }

  /** Allocates nothing. */
  @Override
  public void init() {}

  /** Does nothing: it would go through layers, which are not there. */
  @Override
  public void incrementEpochCount() {}
}
