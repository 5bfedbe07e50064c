package dev.kennel.onednn;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean over height and width: [batch, channels, height, width] → [batch, channels]. Computed by
 * oneDNN where it can be had.
 *
 * <p>Its class name is part of every saved model.
 */
public final class GlobalAveragePooling extends GlobalPoolingLayer {
  /** The mean of each channel. */
  public GlobalAveragePooling() {
    super(PoolingType.AVG);
  }

  @Override
  public GlobalAveragePooling clone() {
    return (GlobalAveragePooling) super.clone();
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
        new PoolingOnOneDnn(conf, dataType, Window::wholeImage),
        initializer(),
        conf,
        listeners,
        layerIndex,
        parameters,
        initialize);
  }
}
