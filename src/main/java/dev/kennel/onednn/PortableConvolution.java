package dev.kennel.onednn;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.HashMap;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * {@link Convolution} in Deeplearning4j's own arithmetic. Groups, which it lacks, are computed as
 * one convolution whose weights between different groups are zero.
 *
 * <p>It goes without Deeplearning4j's helpers where they are slower: from about a million weights
 * on, the backward pass of its own oneDNN takes some 200 nanoseconds a weight whatever the image's
 * size (600 ms for 512 × 512 × 3 × 3), where im2col and a matrix product take a few milliseconds at
 * the small sizes that such layers see.
 */
final class PortableConvolution extends ConvolutionLayer {
  private static final String WEIGHT = ConvolutionParamInitializer.WEIGHT_KEY;
  private static final long MANY_WEIGHTS = 1 << 20;

  private final int groups;

  PortableConvolution(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
    Convolution layer = (Convolution) conf.getLayer();
    groups = layer.getGroups();
    int[] kernel = layer.getKernelSize();
    if (layer.getNIn() * layer.getNOut() * kernel[0] * kernel[1] > MANY_WEIGHTS) {
      helper = null;
    }
  }

  @Override
  protected INDArray getParamWithNoise(
      String name, boolean training, LayerWorkspaceMgr workspaces) {
    INDArray parameter = super.getParamWithNoise(name, training, workspaces);
    if (groups == 1 || !name.equals(WEIGHT)) {
      return parameter;
    }
    try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      INDArray whole = Nd4j.zeros(parameter.dataType(), wholeShape(parameter));
      for (int g = 0; g < groups; g++) {
        block(whole, g).assign(outputs(parameter, g));
      }
      return whole;
    }
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    INDArray output = super.activate(training, workspaces);
    return isRelu() ? Transforms.relu(output, false) : output;
  }

  private boolean isRelu() {
    return ((Convolution) layerConf()).isRelu();
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    ((Convolution) layerConf()).checkTrainable();
    if (groups == 1) {
      return super.backpropGradient(epsilon, workspaces);
    }
    INDArray gradient = gradientViews.get(WEIGHT);
    gradientViews = new HashMap<>(gradientViews);
    try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      gradientViews.put(WEIGHT, Nd4j.zeros(gradient.dataType(), wholeShape(gradient)));
    }
    try {
      Pair<Gradient, INDArray> result = super.backpropGradient(epsilon, workspaces);
      INDArray whole = gradientViews.get(WEIGHT);
      for (int g = 0; g < groups; g++) {
        outputs(gradient, g).assign(block(whole, g));
      }
      result.getFirst().setGradientFor(WEIGHT, gradient, 'c');
      return result;
    } finally {
      gradientViews.put(WEIGHT, gradient);
    }
  }

  private long[] wholeShape(INDArray weight) {
    return new long[] {weight.size(0), weight.size(1) * groups, weight.size(2), weight.size(3)};
  }

  private INDArray outputs(INDArray weight, int group) {
    long size = weight.size(0) / groups;
    return weight.get(interval(group * size, (group + 1) * size), all(), all(), all());
  }

  private INDArray block(INDArray whole, int group) {
    long out = whole.size(0) / groups;
    long in = whole.size(1) / groups;
    return whole.get(
        interval(group * out, (group + 1) * out),
        interval(group * in, (group + 1) * in),
        all(),
        all());
  }
}
