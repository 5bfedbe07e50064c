package dev.kennel.network;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

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

  private final GraphBuilder graph;

  Layers(Optimization how, int imageSize) {
    graph =
        new NeuralNetConfiguration.Builder()
            .weightInit(WeightInit.ZERO)
            .updater(how.updater())
            .l2(how.weightDecay())
            .activation(Activation.IDENTITY)
            .convolutionMode(ConvolutionMode.Truncate) // explicit padding, symmetric as in PyTorch
            .graphBuilder()
            .addInputs(INPUT)
            .setInputTypes(InputType.convolutional(imageSize, imageSize, 3));
  }

  /** k × k convolution without bias whose padding keeps the size at stride 1. */
  String convolution(String name, String input, int kernel, int channels, int stride) {
    return convolution(name, input, kernel, channels, stride, 1, false);
  }

  String convolution(
      String name,
      String input,
      int kernel,
      int channels,
      int stride,
      int dilation,
      boolean hasBias) {
    ConvolutionLayer.Builder layer =
        new ConvolutionLayer.Builder(kernel, kernel)
            .nOut(channels)
            .stride(stride, stride)
            .padding(dilation * (kernel - 1) / 2, dilation * (kernel - 1) / 2)
            .dilation(dilation, dilation)
            .hasBias(hasBias);
    graph.addLayer(name, new TunedConvolution(layer), input);
    return name;
  }

  /**
   * Convolution in groups: group g sees the g-th part of the input's channels, and makes the g-th
   * part.
   */
  String groupedConvolution(
      String name,
      String input,
      int kernel,
      int channelsIn,
      int channels,
      int stride,
      int dilation,
      int groups) {
    if (groups == 1) {
      return convolution(name, input, kernel, channels, stride, dilation, false);
    }
    List<String> parts = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      String part = name + "-in" + g;
      int width = channelsIn / groups;
      graph.addVertex(part, new ChannelSubset(g * width, (g + 1) * width - 1), input);
      String group = name + "-group" + g;
      parts.add(convolution(group, part, kernel, channels / groups, stride, dilation, false));
    }
    graph.addVertex(name, new MergeVertex(), parts.toArray(new String[0]));
    return name;
  }

  /**
   * Batch normalization with PyTorch's running statistics; weight starts at {@code gamma}, bias at
   * 0.
   */
  String batchNormalization(String name, String input, double gamma) {
    BatchNormalization layer = new UnbiasedBatchNormalization();
    layer.setGamma(gamma);
    graph.addLayer(name, layer, input);
    return name;
  }

  String batchNormalization(String name, String input) {
    return batchNormalization(name, input, 1);
  }

  String relu(String name, String input) {
    graph.addLayer(name, new ActivationLayer(Activation.RELU), input);
    return name;
  }

  String add(String name, String left, String right) {
    graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), left, right);
    return name;
  }

  String pooling(String name, String input, PoolingType type, int kernel, int stride, int padding) {
    graph.addLayer(
        name,
        new SubsamplingLayer.Builder(type)
            .kernelSize(kernel, kernel)
            .stride(stride, stride)
            .padding(padding, padding)
            .build(),
        input);
    return name;
  }

  /** Mean over height and width: [batch, channels, height, width] → [batch, channels]. */
  String globalAveragePooling(String name, String input) {
    graph.addLayer(name, new GlobalPoolingLayer(PoolingType.AVG), input);
    return name;
  }

  String fullyConnected(String name, String input, int units) {
    graph.addLayer(name, new DenseLayer.Builder().nOut(units).build(), input);
    return name;
  }

  /**
   * Average pooling over the features, kernel 3, stride 2, padding 1 whose zeros count: [batch, n]
   * → [batch, n / 2] with out[j] = (in[2j − 1] + in[2j] + in[2j + 1]) / 3. For even n only the left
   * end needs the padding, and it is written out because Deeplearning4j's oneDNN helper leaves
   * padding out of the mean.
   */
  String featurePooling(String name, String input, int n) {
    graph.addLayer(
        name + "-pad",
        new ZeroPaddingLayer.Builder(0, 0, 1, 0).build(),
        new FeedForwardToCnnPreProcessor(1, n, 1), // [batch, n] → [batch, 1, 1, n]
        input);
    graph.addLayer(
        name + "-mean",
        new SubsamplingLayer.Builder(PoolingType.AVG).kernelSize(1, 3).stride(1, 2).build(),
        name + "-pad");
    graph.addVertex(
        name,
        new PreprocessorVertex(new CnnToFeedForwardPreProcessor(1, n / 2, 1)),
        name + "-mean");
    return name;
  }

  /** The classifier: fully connected, softmax, cross-entropy. Ends the graph. */
  ComputationGraphConfiguration classifier(String input, int classes) {
    return graph
        .addLayer(
            OUTPUT,
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(classes)
                .activation(Activation.SOFTMAX)
                .build(),
            input)
        .setOutputs(OUTPUT)
        .build();
  }
}
