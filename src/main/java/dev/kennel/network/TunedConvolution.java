package dev.kennel.network;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution that goes without Deeplearning4j's oneDNN helper where the helper is slower: from
 * about a million weights on, the helper's backward pass takes some 200 nanoseconds a weight
 * whatever the image's size (600 ms for 512 × 512 × 3 × 3), where im2col and a matrix product take
 * a few milliseconds at the small sizes that such layers see. Answers are the same.
 *
 * <p>Its class name is part of every saved model.
 */
public final class TunedConvolution extends ConvolutionLayer {
  private static final long MANY_WEIGHTS = 1 << 20;

  /** For deserialization. */
  public TunedConvolution() {}

  TunedConvolution(Builder builder) {
    super(builder);
  }

  @Override
  public TunedConvolution clone() {
    return (TunedConvolution) super.clone();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initialize,
      DataType dataType) {
    LayerValidation.assertNInNOutSet(
        "ConvolutionLayer", getLayerName(), layerIndex, getNIn(), getNOut());
    return LayerSetup.ready(
        new Implementation(conf, dataType),
        initializer(),
        conf,
        listeners,
        layerIndex,
        parameters,
        initialize);
  }

  private static final class Implementation
      extends org.deeplearning4j.nn.layers.convolution.ConvolutionLayer {
    Implementation(NeuralNetConfiguration conf, DataType dataType) {
      super(conf, dataType);
      ConvolutionLayer layer = layerConf();
      int[] kernel = layer.getKernelSize();
      if (layer.getNIn() * layer.getNOut() * kernel[0] * kernel[1] > MANY_WEIGHTS) {
        helper = null;
      }
    }
  }
}
