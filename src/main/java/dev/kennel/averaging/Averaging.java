package dev.kennel.averaging;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;

/** Averages the parameters and momentum of the workers that train one network. */
public interface Averaging extends AutoCloseable {
  /**
   * The network as Deeplearning4j trains it on Spark. A call of {@code fitMultiDataSet} is one
   * round: worker w trains on partition w of the data, then all are averaged. The configuration's
   * iteration count is the number of steps before the round.
   */
  SparkComputationGraph graph(ComputationGraphConfiguration configuration);

  /** The network as it is averaged now. */
  Replicated network();

  /** The rounds since the last call. */
  List<Round> rounds();

  /** Goes on from a saved state; tasks that are still under way no longer matter. */
  void restore(String folder, SavedState saved);

  /** Goes on from the start; tasks that are still under way no longer matter. */
  void restart();

  /** Lets the averaged state go. */
  @Override
  void close();
}
