package dev.kennel.network;

import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * What a network holds and computes, counted from its configuration alone: no memory is taken.
 *
 * @param parameters trainable ones
 * @param runningStatistics running means and variances of batch normalization
 * @param forwardFlopsPerImage floating-point operations of convolutions and fully connected layers
 *     in a forward pass of one image; a multiplication and its addition are two
 */
public record NetworkSize(long parameters, long runningStatistics, long forwardFlopsPerImage) {

  /** The size of a network for images of {@code imageSize} × {@code imageSize}. */
  public static NetworkSize of(ComputationGraphConfiguration network, int imageSize) {
    Map<String, InputType> outputs =
        network.getLayerActivationTypes(InputType.convolutional(imageSize, imageSize, 3));
    long parameters = 0;
    long statistics = 0;
    long flops = 0;
    for (Map.Entry<String, GraphVertex> entry : network.getVertices().entrySet()) {
      if (entry.getValue() instanceof LayerVertex vertex) {
        Layer layer = vertex.getLayerConf().getLayer();
        long count = layer.initializer().numParams(vertex.getLayerConf());
        if (layer instanceof BatchNormalization normalization) {
          statistics += 2 * normalization.getNOut();
          count -= 2 * normalization.getNOut();
        }
        parameters += count;
        flops += flops(layer, outputs.get(entry.getKey()));
      }
    }
    return new NetworkSize(parameters, statistics, flops);
  }

  private static long flops(Layer layer, InputType output) {
    if (layer instanceof ConvolutionLayer convolution) {
      InputTypeConvolutional out = (InputTypeConvolutional) output;
      long kernel = (long) convolution.getKernelSize()[0] * convolution.getKernelSize()[1];
      return 2
          * kernel
          * convolution.getNIn()
          * convolution.getNOut()
          * out.getHeight()
          * out.getWidth();
    }
    if (layer instanceof FeedForwardLayer connected && !(layer instanceof BatchNormalization)) {
      return 2 * connected.getNIn() * connected.getNOut();
    }
    return 0;
  }

  /**
   * Bytes of the vector that is trained, averaged and saved: parameters and running statistics in
   * f32.
   */
  public long parameterBytes() {
    return 4 * (parameters + runningStatistics);
  }
}
