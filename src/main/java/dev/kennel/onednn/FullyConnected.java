package dev.kennel.onednn;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A fully connected layer with bias, on its own or with a ReLU: [batch, in] → [batch, out], weights
 * of shape [in, out]. An image is flattened first, [batch, channels · height · width]. Computed by
 * oneDNN where it can be had.
 *
 * <p>Its class name is part of every saved model.
 */
public final class FullyConnected extends DenseLayer {
  private boolean first;

  /** For deserialization. */
  public FullyConnected() {}

  /** With that many outputs. */
  public FullyConnected(int outputs, boolean relu) {
    setNOut(outputs);
    setHasBias(true);
    setActivationFn((relu ? Activation.RELU : Activation.IDENTITY).getActivationFunction());
  }

  /** Whether its input is the network's, for which nobody asks the gradient. */
  public boolean isFirst() {
    return first;
  }

  /** Says that its input is the network's. */
  public void setFirst(boolean first) {
    this.first = first;
  }

  boolean hasRelu() {
    return getActivationFn() instanceof ActivationReLU;
  }

  @Override
  public FullyConnected clone() {
    return (FullyConnected) super.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FullyConnected that && super.equals(other) && first == that.first;
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
    return inputType instanceof InputTypeConvolutional image
        ? new Flatten(image.getHeight(), image.getWidth(), image.getChannels())
        : super.getPreProcessorForInputType(inputType);
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
    LayerValidation.assertNInNOutSet(
        "FullyConnected", getLayerName(), layerIndex, getNIn(), getNOut());
    return LayerSetup.ready(
        new FullyConnectedOnOneDnn(conf, dataType),
        initializer(),
        conf,
        listeners,
        layerIndex,
        parameters,
        initialize);
  }
}
