package dev.kennel.onednn;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link FeaturePooling} in ND4J's arithmetic. */
final class PortableFeaturePooling extends AbstractLayer<FeaturePooling> {
  PortableFeaturePooling(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  /** Features in pairs of an even and an odd one, [batch, m, 2]: out = even + odd + odd before. */
  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    long batch = input.size(0);
    long m = (input.size(1) + 1) / 2;
    INDArray padded =
        workspaces.create(ArrayType.FF_WORKING_MEM, dataType, new long[] {batch, 2 * m}, 'c');
    features(padded).assign(input);
    INDArray pairs = padded.reshape('c', batch, m, 2);
    INDArray odd = pairs.get(all(), all(), point(1));
    INDArray output =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, new long[] {batch, m}, 'c');
    output.assign(pairs.get(all(), all(), point(0))).addi(odd);
    if (m > 1) {
      output.get(all(), interval(1, m)).addi(odd.get(all(), interval(0, m - 1)));
    }
    return output.divi(3);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    long batch = input.size(0);
    long m = (input.size(1) + 1) / 2;
    INDArray third = epsilon.div(3);
    INDArray padded =
        workspaces.create(ArrayType.BP_WORKING_MEM, dataType, new long[] {batch, 2 * m}, 'c');
    INDArray pairs = padded.reshape('c', batch, m, 2);
    pairs.get(all(), all(), point(0)).assign(third);
    INDArray odd = pairs.get(all(), all(), point(1)).assign(third);
    if (m > 1) {
      odd.get(all(), interval(0, m - 1)).addi(third.get(all(), interval(1, m)));
    }
    INDArray gradient = workspaces.dup(ArrayType.ACTIVATION_GRAD, features(padded), 'c');
    return new Pair<>(new DefaultGradient(), gradient);
  }

  private INDArray features(INDArray padded) {
    return padded.get(all(), interval(0, input.size(1)));
  }

  @Override
  public INDArray params() {
    return null;
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clearNoiseWeightParams() {}
}
