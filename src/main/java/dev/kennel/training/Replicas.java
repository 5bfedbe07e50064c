package dev.kennel.training;

import dev.kennel.onednn.Computation;
import dev.kennel.onednn.LeanGraph;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * The networks that workers of this executor train, kept from round to round: building one anew
 * costs hundreds of milliseconds and three times its parameters of native memory. Only a cache: a
 * worker that finds none builds it, and every round begins from the averaged state either way.
 */
final class Replicas {
  private record Key(String training, int worker) {}

  private static final Map<Key, ComputationGraph> REPLICAS = new ConcurrentHashMap<>();

  private Replicas() {}

  /**
   * Takes the worker's replica, or a new one; its parameters are of an earlier round, its position
   * in the training that of the configuration. The caller gives it back.
   *
   * @param training names the training of one network; replicas of another one are let go
   */
  static ComputationGraph take(
      String training, int worker, ComputationGraphConfiguration configuration, Computation how) {
    REPLICAS.keySet().removeIf(key -> !key.training().equals(training));
    ComputationGraph replica = REPLICAS.remove(new Key(training, worker));
    if (replica == null) {
      replica = new LeanGraph(configuration.clone(), how);
      replica.init();
    }
    replica.getConfiguration().setIterationCount(configuration.getIterationCount());
    replica.getConfiguration().setEpochCount(configuration.getEpochCount());
    return replica;
  }

  static void giveBack(String training, int worker, ComputationGraph replica) {
    REPLICAS.put(new Key(training, worker), replica);
  }
}
