package dev.kennel.network;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch normalization (Ioffe and Szegedy 2015, arXiv 1502.03167) with PyTorch's running statistics:
 * epsilon 1e-5, decay 0.9, and a running variance that takes the batch's <i>unbiased</i> variance.
 * Deeplearning4j's layer takes the biased one; everything else is that layer's. The running
 * variance is kept as it is, not as a logarithm, so that averaging over workers is the arithmetic
 * mean.
 *
 * <p>Its class name is part of every saved model.
 */
public final class UnbiasedBatchNormalization extends BatchNormalization {
  /** Weight 1 and bias 0, for as many features as its input has. */
  public UnbiasedBatchNormalization() {
    setUseLogStd(false);
    setDecay(0.9);
    setEps(1e-5);
  }

  /** Never a logarithm; Deeplearning4j's reader of JSON would set one for a graph not yet built. */
  @Override
  public void setUseLogStd(boolean ignored) {
    super.setUseLogStd(false);
  }

  @Override
  public UnbiasedBatchNormalization clone() {
    return (UnbiasedBatchNormalization) super.clone();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initialize,
      DataType dataType) {
    LayerValidation.assertNOutSet("BatchNormalization", getLayerName(), layerIndex, getNOut());
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
      extends org.deeplearning4j.nn.layers.normalization.BatchNormalization {
    Implementation(NeuralNetConfiguration conf, DataType dataType) {
      super(conf, dataType);
    }

    /**
     * The running variance moves by a "gradient" d = (1 − decay) · (running − biased), subtracted
     * as it is. With n examples a feature the unbiased variance is k · biased, k = n / (n − 1), so
     * that the step wanted is (1 − decay) · (running − k · biased) = k · d + (1 − decay) · (1 − k)
     * · running.
     */
    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaces) {
      long n = input.length() / input.size(1);
      Pair<Gradient, INDArray> result = super.backpropGradient(epsilon, workspaces);
      if (n > 1) {
        double k = n / (n - 1.0);
        INDArray running = params.get(BatchNormalizationParamInitializer.GLOBAL_VAR);
        INDArray step = gradientViews.get(BatchNormalizationParamInitializer.GLOBAL_VAR);
        step.muli(k).addi(running.mul((1 - layerConf().getDecay()) * (1 - k)));
      }
      return result;
    }
  }
}
