package dev.kennel.model;

import dev.kennel.network.Folding;
import dev.kennel.onednn.LeanGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * A model in this process: its parameters once, and a network over them for each task that uses it
 * at the same time. Stays until another model is loaded while no task uses it.
 */
final class LoadedModel {
  private static final Map<String, LoadedModel> LOADED = new HashMap<>(); // by checksum

  private final ComputationGraph first; // holds the parameters
  private final Deque<ComputationGraph> free = new ArrayDeque<>();
  private int inUse;

  private LoadedModel(ComputationGraph first) {
    this.first = first;
    free.add(first);
  }

  /**
   * A network for one task, which must {@link #giveBack} it. Its parameters are only to be read.
   *
   * @param sha256 of the weights
   * @param weights read if the model is not here yet
   */
  static synchronized ComputationGraph take(
      ModelDescription description, String sha256, Path weights) throws IOException {
    LoadedModel model = LOADED.get(sha256);
    if (model == null) {
      LOADED.values().removeIf(other -> other.inUse == 0);
      model = new LoadedModel(Folding.of(TrainedModel.network(description, weights)));
      LOADED.put(sha256, model);
    }
    model.inUse++;
    ComputationGraph taken = model.free.poll();
    return taken == null ? model.another() : taken;
  }

  private ComputationGraph another() {
    ComputationGraph network = new LeanGraph(first.getConfiguration().clone());
    network.init(first.params(), false);
    return network;
  }

  static synchronized void giveBack(String sha256, ComputationGraph network) {
    LoadedModel model = LOADED.get(sha256); // in use, and so not removed
    model.inUse--;
    model.free.push(network);
  }
}
