package dev.kennel.onednn;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution in two dimensions, computed by oneDNN where it can be had: [batch, in, height,
 * width] → [batch, out, height', width'], weights of shape [out, in / groups, kernel, kernel]. As
 * in PyTorch the padding is the same on all sides, and what does not fill a stride is left out.
 *
 * <p>With groups, group g sees the g-th part of the input's channels and makes the g-th part of the
 * output's (Krizhevsky et al. 2012).
 *
 * <p>Its class name is part of every saved model.
 */
public final class Convolution extends ConvolutionLayer {
  private int groups = 1;
  private boolean first;
  private boolean relu;

  /** For deserialization. */
  public Convolution() {}

  /** As the builder says, in one group. */
  public Convolution(Builder builder) {
    super(builder);
  }

  /** Groups of channels; it divides the channels of input and output. */
  public int getGroups() {
    return groups;
  }

  /** Sets the number of groups; before the input's channels are known. */
  public void setGroups(int groups) {
    this.groups = groups;
  }

  /** Whether its input is the network's, for which nobody asks the gradient. */
  public boolean isFirst() {
    return first;
  }

  /** Says that its input is the network's. */
  public void setFirst(boolean first) {
    this.first = first;
  }

  /** Whether a ReLU follows in the same pass, of which no gradient is taken. */
  public boolean isRelu() {
    return relu;
  }

  /** Says that a ReLU follows: the network is only to answer then. */
  public void setRelu(boolean relu) {
    this.relu = relu;
  }

  void checkTrainable() {
    if (relu) {
      throw new UnsupportedOperationException(
          "Cannot train " + getLayerName() + ": its ReLU is there to answer with only");
    }
  }

  /** Input channels that one output sees: those of the input, over the groups. */
  @Override
  public void setNIn(InputType inputType, boolean override) {
    if (getNIn() > 0 && !override) {
      return;
    }
    long channels = ((InputTypeConvolutional) inputType).getChannels();
    if (channels % groups != 0 || getNOut() % groups != 0) {
      throw new IllegalArgumentException(
          "Cannot divide the "
              + channels
              + " input and "
              + getNOut()
              + " output channels of "
              + getLayerName()
              + " into "
              + groups
              + " groups");
    }
    setNIn(channels / groups);
  }

  @Override
  public Convolution clone() {
    return (Convolution) super.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Convolution that
        && super.equals(other)
        && groups == that.groups
        && first == that.first
        && relu == that.relu;
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + groups;
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
        "Convolution", getLayerName(), layerIndex, getNIn(), getNOut());
    Layer layer =
        OneDnn.isAvailable()
            ? new ConvolutionOnOneDnn(conf, dataType)
            : new PortableConvolution(conf, dataType);
    return LayerSetup.ready(
        layer, initializer(), conf, listeners, layerIndex, parameters, initialize);
  }
}
