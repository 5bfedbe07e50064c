package dev.kennel.model;

import dev.kennel.config.UserError;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.network.StateDict;
import dev.kennel.onednn.LeanGraph;
import dev.kennel.weights.WeightFile;
import dev.kennel.weights.WeightFormat;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * A trained network with all that is needed to use it. Saved as a folder, a {@link ModelFolder}.
 *
 * @param description class names, preprocessing and origin
 * @param network takes images of shape [batch, 3, size, size], answers probabilities [batch,
 *     classes]
 */
public record TrainedModel(ModelDescription description, ComputationGraph network) {
  /** What tools that read the format expect of a file that is PyTorch's in its names. */
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  /**
   * Saves the model, on any file system that Hadoop opens. The folder appears whole, by one rename.
   *
   * @param staging a folder for the unfinished model, on the same file system
   * @param folder where the model will be; must not exist
   */
  public void save(Configuration hadoop, String staging, String folder) throws IOException {
    StateDict parameters = StateDict.of(Network.of(description.network()), network);
    ModelFolder.save(
        hadoop,
        staging,
        folder,
        description,
        out -> WeightFormat.SAFETENSORS.write(parameters.tensors(), METADATA, out));
  }

  /**
   * Loads a model that {@link #save} wrote.
   *
   * @throws UserError if there is none, or it is damaged
   */
  public static TrainedModel load(Configuration hadoop, String folder) {
    ModelFolder found = ModelFolder.open(hadoop, folder);
    try {
      return new TrainedModel(found.description(), network(found.description(), found.weights()));
    } catch (IOException e) {
      throw new UserError("Cannot load a model from " + folder + ": " + e.getMessage(), e);
    }
  }

  /**
   * A network with the parameters of a file.
   *
   * @param weights of a {@link ModelFolder}, and so the network's
   * @throws IOException if the file cannot be read
   */
  static ComputationGraph network(ModelDescription description, java.nio.file.Path weights)
      throws IOException {
    Network network = Network.of(description.network());
    try (WeightFile file = WeightFile.open(weights)) {
      ComputationGraph graph =
          new LeanGraph(
              network.configure(description.classes(), description.imageSize(), Optimization.NONE));
      graph.init();
      StateDict.of(network, graph).load(file);
      return graph;
    }
  }
}
