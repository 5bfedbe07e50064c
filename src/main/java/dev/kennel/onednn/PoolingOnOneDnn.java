package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_v2_backward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_v2_forward_desc_init;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_pooling_v2_desc_t;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every pooling in oneDNN. */
final class PoolingOnOneDnn extends AbstractLayer<Layer> {
  private static final long[] DENSE = {0, 0}; // no points of a window are skipped

  private final Function<INDArray, Window> windows;
  private final Map<List<Long>, Plan> plans = new HashMap<>(); // by the input's sizes

  PoolingOnOneDnn(
      NeuralNetConfiguration conf, DataType dataType, Function<INDArray, Window> windows) {
    super(conf, dataType);
    this.windows = windows;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    input = Memory.inOrder(input, ArrayType.ACTIVATIONS, workspaces); // kept for the way back
    Plan plan = plan();
    INDArray output =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS, input.dataType(), plan.window.outputShape(), 'c');
    plan.forward
        .with(DNNL_ARG_SRC, Memory.address(input))
        .with(DNNL_ARG_DST, Memory.address(output))
        .run();
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    Plan plan = plan();
    INDArray outputGradient = Memory.inOrder(epsilon, ArrayType.BP_WORKING_MEM, workspaces);
    INDArray inputGradient =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
    plan.backward
        .with(DNNL_ARG_DIFF_DST, Memory.address(outputGradient))
        .with(DNNL_ARG_DIFF_SRC, Memory.address(inputGradient))
        .run();
    return new Pair<>(new DefaultGradient(), inputGradient);
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

  private Plan plan() {
    return plans.computeIfAbsent(
        Arrays.stream(input.shape()).boxed().toList(), sizes -> new Plan(windows.apply(input)));
  }

  /** The operations for one size of input. */
  private final class Plan {
    private final Window window;
    private final Primitive forward;
    private final Primitive backward;

    Plan(Window window) {
      this.window = window;
      String name = "pooling " + layerConf().getLayerName();
      dnnl_pooling_v2_desc_t description = new dnnl_pooling_v2_desc_t();
      OneDnn.check(
          dnnl_pooling_v2_forward_desc_init(
              description,
              dnnl_forward_training,
              window.algorithm(),
              window.source().descriptor(),
              window.output().descriptor(),
              window.stride(),
              window.kernel(),
              DENSE,
              window.padding(),
              window.padding()),
          "describe " + name);
      forward = Primitive.of(name, description);
      description = new dnnl_pooling_v2_desc_t();
      OneDnn.check(
          dnnl_pooling_v2_backward_desc_init(
              description,
              window.algorithm(),
              window.source().descriptor(),
              window.output().descriptor(),
              window.stride(),
              window.kernel(),
              DENSE,
              window.padding(),
              window.padding()),
          "describe the gradient of " + name);
      backward = Primitive.of("gradient of " + name, description, forward);
      forward.leavesWorkspaceFor(backward);
    }
  }
}
