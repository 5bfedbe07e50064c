package dev.kennel.network;

import dev.kennel.weights.NewTensor;
import dev.kennel.weights.WeightFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph's parameters and running statistics by the names that PyTorch gives them, those of {@link
 * StateLayout}. They lie in memory in PyTorch's order too, so nothing is turned about: weights of
 * convolutions as [out, in, height, width], of fully connected layers as [out, in].
 */
public final class StateDict {
  private final StateLayout layout;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final List<String> normalizations = new ArrayList<>();

  /** An array of the graph, with PyTorch's shape. */
  private record Parameter(INDArray values, List<Long> shape) {}

  private StateDict(StateLayout layout) {
    this.layout = layout;
  }

  /** Of an initialized graph of that network. */
  public static StateDict of(Network network, ComputationGraph graph) {
    StateLayout layout = StateLayout.of(network, graph.getConfiguration());
    StateDict dict = new StateDict(layout);
    for (Layer layer : graph.getLayers()) {
      String title = layer.conf().getLayer().getLayerName();
      layer
          .paramTable()
          .forEach(
              (key, values) -> {
                String name = layout.name(title, key);
                dict.parameters.put(name, new Parameter(values, layout.shapes().get(name)));
              });
      if (layer.conf().getLayer() instanceof BatchNormalization) {
        dict.normalizations.add(layout.module(title));
      }
    }
    return dict;
  }

  /**
   * PyTorch's name of the module that a layer is, such as {@code layer1.0.conv1}, whose parameters
   * are named {@code layer1.0.conv1.weight} and so on.
   */
  public String module(String layer) {
    return layout.module(layer);
  }

  /** Names and shapes, as PyTorch has them; without the numbers of batches. */
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> shapes.put(name, parameter.shape));
    return shapes;
  }

  /** All tensors to be written, with a number of batches for each batch normalization: 0. */
  public List<NewTensor> tensors() {
    List<NewTensor> tensors = new ArrayList<>();
    parameters.forEach(
        (name, parameter) ->
            tensors.add(
                NewTensor.floats(
                    name,
                    parameter.shape,
                    (at, to) -> to.put(NativeArray.piece(parameter.values, at, to.remaining())))));
    normalizations.forEach(
        module -> tensors.add(NewTensor.number(module + "." + StateLayout.BATCHES, 0)));
    return tensors;
  }

  /**
   * Gives the graph the values of a file. A classifier of another number of classes is left as it
   * is, and so are numbers of batches, which a graph has not.
   *
   * @return the names of the classifier's tensors that were left; else none
   * @throws IOException if the file's names or shapes are others, with a list; the graph is
   *     unchanged then
   */
  public List<String> load(WeightFile file) throws IOException {
    List<String> replaced = layout.check(file.tensors());
    for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
      if (!replaced.contains(entry.getKey())) {
        INDArray values = entry.getValue().values;
        long[] at = {0};
        file.read(
            file.tensors().get(entry.getKey()),
            piece -> {
              int length = piece.remaining();
              NativeArray.piece(values, at[0], length).put(piece);
              at[0] += length;
            });
      }
    }
    return replaced;
  }
}
