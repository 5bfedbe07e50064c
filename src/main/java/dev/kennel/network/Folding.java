package dev.kennel.network;

import dev.kennel.onednn.Convolution;
import dev.kennel.onednn.LeanGraph;
import dev.kennel.onednn.Normalization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Makes of a trained network one that only answers: each batch normalization, which by its running
 * statistics is a product and a sum for each channel, becomes part of the convolution before it,
 * and so does its ReLU. With weight γ, bias β, running mean μ and variance σ²,
 *
 * <pre>
 * γ · (w ∗ x + b − μ) / √(σ² + ε) + β  =  w' ∗ x + b'
 * w' = w · γ / √(σ² + ε)               b' = (b − μ) · γ / √(σ² + ε) + β
 * </pre>
 *
 * so that the layers' outputs go through memory once instead of twice (Jacob et al. 2018, arXiv
 * 1712.05877, section 3.2). Answers differ by rounding.
 */
public final class Folding {
  private final ComputationGraph trained;
  private final ComputationGraphConfiguration configuration;
  private final Map<String, String> folded = new HashMap<>(); // normalization → convolution

  private Folding(ComputationGraph trained) {
    this.trained = trained;
    configuration = trained.getConfiguration().clone();
  }

  /**
   * The network that answers as this one does.
   *
   * @param trained is left as it is
   */
  public static ComputationGraph of(ComputationGraph trained) {
    return new Folding(trained).fold();
  }

  private ComputationGraph fold() {
    for (String name : List.copyOf(configuration.getVertices().keySet())) {
      List<String> inputs = configuration.getVertexInputs().get(name);
      if (layer(name) instanceof Normalization normalization
          && layer(inputs.get(0)) instanceof Convolution convolution
          && readers(inputs.get(0)) == 1) {
        convolution.setHasBias(true);
        convolution.setRelu(normalization.isRelu());
        folded.put(name, inputs.get(0));
      }
    }
    configuration.getVertices().keySet().removeAll(folded.keySet());
    configuration.getVertexInputs().keySet().removeAll(folded.keySet());
    configuration.getVertexInputs().replaceAll((name, inputs) -> renamed(inputs));
    configuration.setTopologicalOrder(null);
    configuration.setTopologicalOrderStr(null);
    ComputationGraph answering = new LeanGraph(configuration);
    answering.init();
    copyParameters(answering);
    return answering;
  }

  private Layer layer(String vertex) {
    GraphVertex found = configuration.getVertices().get(vertex);
    return found instanceof LayerVertex layer ? layer.getLayerConf().getLayer() : null;
  }

  private long readers(String vertex) {
    return configuration.getVertexInputs().values().stream()
        .flatMap(List::stream)
        .filter(vertex::equals)
        .count();
  }

  private List<String> renamed(List<String> inputs) {
    List<String> renamed = new ArrayList<>(inputs);
    renamed.replaceAll(input -> folded.getOrDefault(input, input));
    return renamed;
  }

  private void copyParameters(ComputationGraph answering) {
    for (var layer : answering.getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      Map<String, INDArray> from = trained.getLayer(name).paramTable();
      layer.paramTable().forEach((key, to) -> copy(from.get(key), to));
    }
    folded.forEach(
        (normalization, convolution) ->
            scale(
                answering.getLayer(convolution).paramTable(),
                trained.getLayer(normalization).paramTable(),
                ((Normalization) trained.getLayer(normalization).conf().getLayer()).getEps()));
  }

  private static void copy(INDArray from, INDArray to) {
    if (from == null) {
      to.assign(0); // a bias that there was not
    } else {
      to.assign(from);
    }
  }

  private static void scale(
      Map<String, INDArray> convolution, Map<String, INDArray> normalization, double epsilon) {
    INDArray variance = normalization.get(BatchNormalizationParamInitializer.GLOBAL_VAR);
    INDArray mean = normalization.get(BatchNormalizationParamInitializer.GLOBAL_MEAN);
    INDArray factor =
        normalization
            .get(BatchNormalizationParamInitializer.GAMMA)
            .div(Transforms.sqrt(variance.add(epsilon)));
    INDArray weight = convolution.get(ConvolutionParamInitializer.WEIGHT_KEY); // outputs first
    INDArray rows = weight.reshape('c', weight.size(0), weight.length() / weight.size(0));
    rows.muliColumnVector(factor.reshape(factor.length(), 1));
    INDArray bias = convolution.get(ConvolutionParamInitializer.BIAS_KEY);
    bias.subi(mean.reshape(bias.shape()))
        .muli(factor.reshape(bias.shape()))
        .addi(normalization.get(BatchNormalizationParamInitializer.BETA).reshape(bias.shape()));
  }
}
