package dev.kennel.onednn;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Maximum or mean over windows of an image: [batch, channels, height, width] → [batch, channels,
 * height', width']. As in PyTorch the padding is the same on all sides, and what does not fill a
 * stride is left out. Computed by oneDNN where it can be had.
 *
 * <p>Its class name is part of every saved model.
 */
public final class Pooling extends SubsamplingLayer {
  /** For deserialization. */
  public Pooling() {}

  /** As the builder says. */
  public Pooling(Builder builder) {
    super(builder);
  }

  @Override
  public Pooling clone() {
    return (Pooling) super.clone();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initialize,
      DataType dataType) {
    if (!OneDnn.isAvailable()) {
      return super.instantiate(conf, listeners, layerIndex, parameters, initialize, dataType);
    }
    return LayerSetup.ready(
        new PoolingOnOneDnn(conf, dataType, input -> Window.of(this, input)),
        initializer(),
        conf,
        listeners,
        layerIndex,
        parameters,
        initialize);
  }
}
