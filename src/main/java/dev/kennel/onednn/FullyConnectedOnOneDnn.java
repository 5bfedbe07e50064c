package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_backward_data_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_backward_weights_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_forward_desc_init;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.dnnl.dnnl_inner_product_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link FullyConnected} in oneDNN. Deeplearning4j keeps the weights as [in, out] with the first
 * index running fastest, which is oneDNN's [out, in] with the last one doing so.
 */
final class FullyConnectedOnOneDnn extends BaseLayer<FullyConnected>
    implements Computing, PartlyTrained {
  private static final String WEIGHT = DefaultParamInitializer.WEIGHT_KEY;
  private static final String BIAS = DefaultParamInitializer.BIAS_KEY;

  private final Map<Long, Plan> plans = new HashMap<>(); // by batch size
  private final Casts casts = new Casts();
  private DataType type = DataType.FLOAT; // that it computes in
  private boolean isTrained = true;
  private boolean isLowest; // nothing below it is trained
  private INDArray output;
  private BiConsumer<INDArray, INDArray> follower; // null: the backward pass computes the gradient

  FullyConnectedOnOneDnn(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public void compute(Computation how) {
    type = how.precision().type();
    plans.clear();
  }

  @Override
  public void train(boolean itself, boolean below) {
    isTrained = itself;
    isLowest = !below;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    input = Memory.inOrder(input, ArrayType.ACTIVATIONS, workspaces); // kept for the way back
    output =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS, type, new long[] {input.size(0), layerConf().getNOut()}, 'c');
    plan()
        .forward(
            Memory.address(input),
            Memory.address(getParam(WEIGHT)),
            Memory.address(getParam(BIAS)),
            Memory.address(output));
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    Plan plan = plan();
    INDArray outputGradient = Memory.inOrder(epsilon, ArrayType.BP_WORKING_MEM, workspaces);
    if (plan.relu != null) {
      INDArray masked =
          workspaces.createUninitialized(
              ArrayType.BP_WORKING_MEM, type, outputGradient.shape(), 'c');
      plan.relu.backward(
          Memory.address(output), Memory.address(outputGradient), Memory.address(masked));
      outputGradient = masked;
    }
    INDArray inputGradient = null;
    if (!layerConf().isFirst() && !isLowest) {
      inputGradient =
          workspaces.createUninitialized(
              ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
      plan.backwardData
          .with(DNNL_ARG_DIFF_DST, Memory.address(outputGradient))
          .with(DNNL_ARG_WEIGHTS, Memory.address(getParam(WEIGHT)))
          .with(DNNL_ARG_DIFF_SRC, Memory.address(inputGradient))
          .run();
    }
    Gradient gradient = new DefaultGradient();
    if (!isTrained) {
      return new Pair<>(gradient, inputGradient);
    }
    if (follower == null) {
      INDArray weightGradient = gradientViews.get(WEIGHT);
      INDArray biasGradient = gradientViews.get(BIAS);
      plan.backwardWeights
          .with(DNNL_ARG_SRC, Memory.address(input))
          .with(DNNL_ARG_DIFF_DST, Memory.address(outputGradient))
          .with(DNNL_ARG_DIFF_WEIGHTS, Memory.address(weightGradient))
          .with(DNNL_ARG_DIFF_BIAS, Memory.address(biasGradient))
          .run();
      gradient.setGradientFor(WEIGHT, weightGradient);
      gradient.setGradientFor(BIAS, biasGradient);
    } else {
      // In f32: the sums are, and products of bf16 numbers are exact in it.
      INDArray left =
          casts.to(DataType.FLOAT, outputGradient, ArrayType.BP_WORKING_MEM, workspaces);
      INDArray right =
          casts.to(
              DataType.FLOAT,
              casts.to(type, input, ArrayType.BP_WORKING_MEM, workspaces),
              ArrayType.BP_WORKING_MEM,
              workspaces);
      INDArray biasGradient =
          workspaces.createUninitialized(
              ArrayType.BP_WORKING_MEM, DataType.FLOAT, getParam(BIAS).shape(), 'c');
      gradient.setGradientFor(BIAS, left.sum(biasGradient, 0));
      follower.accept(left, right);
    }
    return new Pair<>(gradient, inputGradient);
  }

  /**
   * Lets the weights follow their gradient in the next backward pass, which then computes but the
   * bias' gradient; to {@link #clear()}, so that a step that fails leaves nothing behind.
   *
   * @param weights takes the two factors of their gradient, [batch, out] and [batch, in] in f32
   */
  void follow(BiConsumer<INDArray, INDArray> weights) {
    follower = weights;
  }

  /** Weight decay is part of the update, not of the loss: no pass over the weights for it. */
  @Override
  public double calcRegularizationScore(boolean backpropParamsOnly) {
    return 0;
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clear() {
    super.clear();
    output = null;
    follower = null;
  }

  private Plan plan() {
    return plans.computeIfAbsent(input.size(0), Plan::new);
  }

  /** The operations for one batch size. */
  private final class Plan {
    private final Primitive forward;
    private final Primitive backwardWeights;
    private final Primitive backwardData;
    private final Rectifier relu; // null: none
    private final TiledProduct tiled; // null: the forward operation serves

    Plan(long batch) {
      FullyConnected layer = layerConf();
      String name = layer.getLayerName();
      Layout given = Layout.of(input);
      Layout weights = Layout.plain(layer.getNOut(), layer.getNIn());
      Layout bias = Layout.plain(layer.getNOut());
      Layout output = Layout.plain(type, batch, layer.getNOut());
      dnnl_memory_desc_t from = given.in(type).descriptor();
      dnnl_memory_desc_t by =
          (type == DataType.FLOAT ? weights : Layout.any(type, layer.getNOut(), layer.getNIn()))
              .descriptor();
      dnnl_memory_desc_t to = output.descriptor();
      relu = layer.hasRelu() ? new Rectifier(type, batch * layer.getNOut()) : null;

      dnnl_inner_product_desc_t description = new dnnl_inner_product_desc_t();
      OneDnn.check(
          dnnl_inner_product_forward_desc_init(
              description, dnnl_forward_training, from, by, bias.descriptor(), to),
          "describe fully connected " + name);
      forward =
          Primitive.of(
                  "fully connected " + name,
                  description,
                  null,
                  relu == null ? attributes -> {} : Rectifier::appendTo)
              .reads(DNNL_ARG_SRC, given)
              .reads(DNNL_ARG_WEIGHTS, weights);
      tiled =
          type == DataType.FLOAT && TiledProduct.suits(layer.getNOut(), layer.getNIn())
              ? new TiledProduct(batch, layer.getNOut(), layer.getNIn())
              : null;

      description = new dnnl_inner_product_desc_t();
      OneDnn.check(
          dnnl_inner_product_backward_weights_desc_init(
              description, from, weights.descriptor(), bias.descriptor(), to),
          "describe the weights' gradient of " + name);
      backwardWeights =
          Primitive.of("weights' gradient of " + name, description, forward)
              .reads(DNNL_ARG_SRC, given);

      description = new dnnl_inner_product_desc_t();
      OneDnn.check(
          dnnl_inner_product_backward_data_desc_init(description, from, by, to),
          "describe the input's gradient of " + name);
      backwardData =
          Primitive.of("input's gradient of " + name, description, forward)
              .reads(DNNL_ARG_WEIGHTS, weights)
              .writes(DNNL_ARG_DIFF_SRC, given);
    }

    /** Computes the output; all four are addresses. */
    void forward(long input, long weights, long bias, long output) {
      if (tiled == null) {
        forward
            .with(DNNL_ARG_SRC, input)
            .with(DNNL_ARG_WEIGHTS, weights)
            .with(DNNL_ARG_BIAS, bias)
            .with(DNNL_ARG_DST, output)
            .run();
        return;
      }
      tiled.compute(input, weights, bias, output);
      if (relu != null) {
        relu.forward(output);
      }
    }
  }
}
