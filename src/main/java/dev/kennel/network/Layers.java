package dev.kennel.network;

import dev.kennel.onednn.Addition;
import dev.kennel.onednn.Convolution;
import dev.kennel.onednn.FeaturePooling;
import dev.kennel.onednn.FullyConnected;
import dev.kennel.onednn.GlobalAveragePooling;
import dev.kennel.onednn.Normalization;
import dev.kennel.onednn.Pooling;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;

/**
 * The layers that the networks are made of, added to a graph one after the other. Each method takes
 * the name of its input layer and returns the name of the layer it ends in. Weights start at zero
 * here; {@link Initialization} gives them their values.
 */
final class Layers {
  /** The name of the graph's input, images of shape [batch, 3, size, size]. */
  static final String INPUT = "image";

  /** The name of the last layer, class probabilities of shape [batch, classes]. */
  static final String OUTPUT = "probabilities";

  private final Optimization how;
  private final GraphBuilder graph;

  Layers(Optimization how, int imageSize) {
    this.how = how;
    graph =
        new NeuralNetConfiguration.Builder()
            .weightInit(WeightInit.ZERO)
            .updater(how.updater())
            .activation(Activation.IDENTITY)
            .convolutionMode(ConvolutionMode.Truncate) // explicit padding, symmetric as in PyTorch
            .graphBuilder()
            .addInputs(INPUT)
            .setInputTypes(InputType.convolutional(imageSize, imageSize, 3));
  }

  /** k × k convolution without bias whose padding keeps the size at stride 1. */
  String convolution(String name, String input, int kernel, int channels, int stride) {
    return convolution(name, input, kernel, channels, stride, 1, 1, false);
  }

  String convolution(
      String name,
      String input,
      int kernel,
      int channels,
      int stride,
      int dilation,
      int groups,
      boolean hasBias) {
    Convolution layer =
        new Convolution(
            new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(channels)
                .stride(stride, stride)
                .padding(dilation * (kernel - 1) / 2, dilation * (kernel - 1) / 2)
                .dilation(dilation, dilation)
                .hasBias(hasBias));
    layer.setGroups(groups);
    layer.setFirst(input.equals(INPUT));
    graph.addLayer(name, decaying(layer, how.weightDecay()), input);
    return name;
  }

  /**
   * Batch normalization with PyTorch's running statistics; weight starts at {@code gamma}, bias at
   * 0.
   */
  String batchNormalization(String name, String input, double gamma) {
    return batchNormalization(name, input, gamma, false);
  }

  String batchNormalization(String name, String input) {
    return batchNormalization(name, input, 1, false);
  }

  /** Batch normalization, then ReLU, in one layer: the second pass over memory is saved. */
  String batchNormalizationRelu(String name, String input) {
    return batchNormalization(name, input, 1, true);
  }

  private String batchNormalization(String name, String input, double gamma, boolean relu) {
    Normalization layer = new Normalization();
    layer.setGamma(gamma);
    layer.setRelu(relu);
    graph.addLayer(name, decaying(layer, how.normWeightDecay()), input);
    return name;
  }

  /** The end of a residual block: ReLU of the sum. */
  String addRelu(String name, String branch, String shortcut) {
    graph.addVertex(name, new Addition(), branch, shortcut);
    return name;
  }

  String pooling(String name, String input, PoolingType type, int kernel, int stride, int padding) {
    graph.addLayer(
        name,
        new Pooling(
            new SubsamplingLayer.Builder(type)
                .kernelSize(kernel, kernel)
                .stride(stride, stride)
                .padding(padding, padding)),
        input);
    return name;
  }

  /** Mean over height and width: [batch, channels, height, width] → [batch, channels]. */
  String globalAveragePooling(String name, String input) {
    graph.addLayer(name, new GlobalAveragePooling(), input);
    return name;
  }

  String fullyConnected(String name, String input, int units) {
    return fullyConnected(name, input, units, false);
  }

  String fullyConnectedRelu(String name, String input, int units) {
    return fullyConnected(name, input, units, true);
  }

  private String fullyConnected(String name, String input, int units, boolean relu) {
    FullyConnected layer = new FullyConnected(units, relu);
    layer.setFirst(input.equals(INPUT));
    graph.addLayer(name, decaying(layer, how.weightDecay()), input);
    return name;
  }

  private BaseLayer decaying(BaseLayer layer, double weightDecay) {
    layer.setRegularization(how.regularization(weightDecay));
    layer.setRegularizationBias(how.regularization(how.biasWeightDecay()));
    return layer;
  }

  /**
   * Average pooling over the features, kernel 3, stride 2, padding 1 whose zeros count: [batch, n]
   * → [batch, n / 2].
   */
  String featurePooling(String name, String input) {
    graph.addLayer(name, new FeaturePooling(), input);
    return name;
  }

  /** The classifier: fully connected, softmax, cross-entropy. Ends the graph. */
  ComputationGraphConfiguration classifier(String input, int classes) {
    return graph
        .addLayer(
            OUTPUT,
            decaying(
                new OutputLayer.Builder(new SoftmaxCrossEntropy())
                    .nOut(classes)
                    .updater(how.ofClassifier())
                    .activation(Activation.SOFTMAX)
                    .build(),
                how.weightDecay()),
            input)
        .setOutputs(OUTPUT)
        .build();
  }
}
