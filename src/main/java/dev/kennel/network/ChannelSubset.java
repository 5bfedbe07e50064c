package dev.kennel.network;

import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The channels from one to another, both included, of shape [batch, channels, height, width].
 * Deeplearning4j's vertex computes as it should but tells the next layer a negative number of
 * channels.
 */
public final class ChannelSubset extends SubsetVertex {
  /** Channels {@code from} to {@code to}, counted from 0. */
  @JsonCreator
  public ChannelSubset(@JsonProperty("from") int from, @JsonProperty("to") int to) {
    super(from, to);
  }

  @Override
  public ChannelSubset clone() {
    return new ChannelSubset(getFrom(), getTo());
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType... inputs) {
    InputTypeConvolutional input = (InputTypeConvolutional) inputs[0];
    return InputType.convolutional(input.getHeight(), input.getWidth(), getTo() - getFrom() + 1);
  }
}
