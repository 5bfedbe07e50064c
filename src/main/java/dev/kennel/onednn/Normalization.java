package dev.kennel.onednn;

import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Batch normalization (Ioffe and Szegedy 2015, arXiv 1502.03167) with PyTorch's running statistics:
 * epsilon 1e-5, decay 0.9, and a running variance that takes the batch's <i>unbiased</i> variance,
 * where Deeplearning4j's own layer takes the biased one. A ReLU after it can be computed in the
 * same pass. The running variance is kept as it is, not as a logarithm, so that averaging over
 * workers is the arithmetic mean. Computed by oneDNN where it can be had.
 *
 * <p>Its class name is part of every saved model.
 */
public final class Normalization extends BatchNormalization {
  private boolean relu;

  /** Weight 1 and bias 0, for as many features as its input has; no ReLU. */
  public Normalization() {
    setUseLogStd(false);
    setDecay(0.9);
    setEps(1e-5);
  }

  /** Whether a ReLU follows. */
  public boolean isRelu() {
    return relu;
  }

  /** Says whether a ReLU follows. */
  public void setRelu(boolean relu) {
    this.relu = relu;
  }

  /** Never a logarithm; Deeplearning4j's reader of JSON would set one for a graph not yet built. */
  @Override
  public void setUseLogStd(boolean ignored) {
    super.setUseLogStd(false);
  }

  /** Of the weight and the bias, where the network says so; Deeplearning4j's layer has none. */
  @Override
  public List<Regularization> getRegularizationByParam(String parameter) {
    return switch (parameter) {
      case BatchNormalizationParamInitializer.GAMMA -> getRegularization();
      case BatchNormalizationParamInitializer.BETA -> getRegularizationBias();
      default -> null; // Deeplearning4j's word for none
    };
  }

  @Override
  public Normalization clone() {
    return (Normalization) super.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Normalization that && super.equals(other) && relu == that.relu;
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
    LayerValidation.assertNOutSet("Normalization", getLayerName(), layerIndex, getNOut());
    Layer layer =
        OneDnn.isAvailable()
            ? new NormalizationOnOneDnn(conf, dataType)
            : new PortableNormalization(conf, dataType);
    return LayerSetup.ready(
        layer, initializer(), conf, listeners, layerIndex, parameters, initialize);
  }
}
