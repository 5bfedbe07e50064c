package dev.kennel.onednn;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeFeedForward;
import org.deeplearning4j.nn.conf.layers.NoParamLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Average pooling over features, kernel 3, stride 2, padding 1 whose zeros count: [batch, n] →
 * [batch, ⌈n / 2⌉] with out[j] = (in[2j − 1] + in[2j] + in[2j + 1]) / 3. PyTorch's {@code
 * AvgPool1d(3, 2, 1)}. Computed by oneDNN where it can be had.
 *
 * <p>Its class name is part of every saved model.
 */
public final class FeaturePooling extends NoParamLayer {
  /** The mean of each three neighbours. */
  public FeaturePooling() {}

  @Override
  public FeaturePooling clone() {
    return (FeaturePooling) super.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeaturePooling && super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initialize,
      DataType dataType) {
    Layer layer =
        OneDnn.isAvailable()
            ? new PoolingOnOneDnn(conf, dataType, Window::ofThreeFeatures)
            : new PortableFeaturePooling(conf, dataType);
    return LayerSetup.ready(
        layer, initializer(), conf, listeners, layerIndex, parameters, initialize);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return InputType.feedForward((((InputTypeFeedForward) inputType).getSize() + 1) / 2);
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
    return null;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType inputType) {
    return new LayerMemoryReport.Builder(
            layerName, FeaturePooling.class, inputType, getOutputType(-1, inputType))
        .standardMemory(0, 0)
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(0, 0)
        .build();
  }
}
