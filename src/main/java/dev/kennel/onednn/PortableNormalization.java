package dev.kennel.onednn;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Broadcast;
import org.nd4j.linalg.ops.transforms.Transforms;

/** {@link Normalization} in Deeplearning4j's own arithmetic. */
final class PortableNormalization extends BatchNormalization implements PartlyTrained {
  private final boolean relu;
  private boolean isTrained = true;
  private INDArray output;

  PortableNormalization(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
    relu = ((Normalization) conf.getLayer()).isRelu();
  }

  @Override
  public void train(boolean itself, boolean below) {
    isTrained = itself;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    INDArray normalized = super.activate(training && isTrained, workspaces);
    output = relu ? Transforms.relu(normalized, false) : normalized;
    return output;
  }

  /**
   * The running variance moves by a "gradient" d = (1 − decay) · (running − biased), subtracted as
   * it is. With n examples a feature the unbiased variance is k · biased, k = n / (n − 1), so that
   * the step wanted is (1 − decay) · (running − k · biased) = k · d + (1 − decay) · (1 − k) ·
   * running.
   */
  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    long n = input.length() / input.size(1);
    INDArray gradient = epsilon;
    if (relu) {
      gradient =
          workspaces.dup(ArrayType.BP_WORKING_MEM, epsilon).muli(output.gt(0).castTo(dataType));
    }
    if (!isTrained) {
      return new Pair<>(new DefaultGradient(), inputGradient(gradient, workspaces));
    }
    Pair<Gradient, INDArray> result = super.backpropGradient(gradient, workspaces);
    if (n > 1) {
      double k = n / (n - 1.0);
      INDArray running = params.get(BatchNormalizationParamInitializer.GLOBAL_VAR);
      INDArray step = gradientViews.get(BatchNormalizationParamInitializer.GLOBAL_VAR);
      step.muli(k).addi(running.mul((1 - layerConf().getDecay()) * (1 - k)));
    }
    return result;
  }

  /** By running statistics, which are constants: gradient · γ / √(variance + ε). */
  private INDArray inputGradient(INDArray gradient, LayerWorkspaceMgr workspaces) {
    INDArray factor =
        Transforms.pow(
                params.get(BatchNormalizationParamInitializer.GLOBAL_VAR).add(layerConf().getEps()),
                -0.5,
                false)
            .muli(params.get(BatchNormalizationParamInitializer.GAMMA));
    INDArray result = workspaces.dup(ArrayType.ACTIVATION_GRAD, gradient);
    Broadcast.mul(result, factor, result, 1);
    return result;
  }

  @Override
  public void clear() {
    super.clear();
    output = null;
  }
}
