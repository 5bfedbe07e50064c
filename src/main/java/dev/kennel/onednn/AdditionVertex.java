package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** {@link Addition} in a built network. */
final class AdditionVertex extends BaseGraphVertex {
  private final boolean onOneDnn;
  private final Map<Long, Plan> plans = new HashMap<>(); // by the number of elements
  private INDArray output;

  AdditionVertex(
      ComputationGraph graph, String name, int index, DataType dataType, boolean onOneDnn) {
    super(graph, name, index, null, null, dataType);
    this.onOneDnn = onOneDnn;
  }

  @Override
  public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
    output =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS, inputs[0].dataType(), inputs[0].shape(), 'c');
    if (onOneDnn) {
      INDArray left = Memory.inOrder(inputs[0], ArrayType.FF_WORKING_MEM, workspaces);
      INDArray right = Memory.inOrder(inputs[1], ArrayType.FF_WORKING_MEM, workspaces);
      plan()
          .forward
          .with(DNNL_ARG_SRC_0, Memory.address(left))
          .with(DNNL_ARG_SRC_1, Memory.address(right))
          .with(DNNL_ARG_DST, Memory.address(output))
          .run();
    } else {
      Transforms.relu(output.assign(inputs[0]).addi(inputs[1]), false);
    }
    return output;
  }

  /**
   * Both inputs get the same array. The graph adds to it what else it knows of the second input's
   * gradient only after the first input, the residual branch, is done with it.
   */
  @Override
  public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
    INDArray gradient =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, output.dataType(), output.shape(), 'c');
    if (onOneDnn) {
      INDArray outputGradient = Memory.inOrder(epsilon, ArrayType.BP_WORKING_MEM, workspaces);
      plan()
          .relu
          .backward(
              Memory.address(output), Memory.address(outputGradient), Memory.address(gradient));
    } else {
      gradient.assign(epsilon).muli(output.gt(0).castTo(dataType));
    }
    return new Pair<>(null, new INDArray[] {gradient, gradient});
  }

  private Plan plan() {
    return plans.computeIfAbsent(output.length(), n -> new Plan(output.dataType(), n));
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray gradients) {
    if (gradients != null) {
      throw new IllegalArgumentException(vertexName + " has no parameters");
    }
  }

  @Override
  public Pair<org.nd4j.linalg.api.ndarray.INDArray, MaskState> feedForwardMaskArrays(
      INDArray[] masks, MaskState state, int batch) {
    return null; // images have no masks
  }

  @Override
  public boolean hasLayer() {
    return false;
  }

  @Override
  public Layer getLayer() {
    return null;
  }

  @Override
  public void clear() {
    super.clear();
    output = null;
  }

  @Override
  public String toString() {
    return "Addition " + vertexName;
  }

  /** The operations for one number of elements. */
  private static final class Plan {
    private final Primitive forward;
    private final Rectifier relu;

    Plan(DataType type, long elements) {
      forward = Primitive.addition(Layout.plain(type, elements), Rectifier::appendTo);
      relu = new Rectifier(type, elements);
    }
  }
}
