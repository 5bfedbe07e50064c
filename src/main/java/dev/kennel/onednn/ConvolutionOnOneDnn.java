package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_winograd;
import static org.bytedeco.dnnl.global.dnnl.dnnl_dilated_convolution_backward_data_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_dilated_convolution_backward_weights_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_dilated_convolution_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link Convolution} in oneDNN. */
final class ConvolutionOnOneDnn extends BaseLayer<Convolution> implements Computing, PartlyTrained {
  private static final String WEIGHT = ConvolutionParamInitializer.WEIGHT_KEY;

  /** Of images of fewer pixels, Winograd's gradients in f32 are faster than direct ones in bf16. */
  private static final long SMALL = 64;

  private static final String BIAS = ConvolutionParamInitializer.BIAS_KEY;

  private final Map<List<Long>, Plan> plans = new HashMap<>(); // by the input's sizes
  private RoundedWeights roundedWeights; // null: no plan asked for them yet
  private DataType type = DataType.FLOAT; // that it computes in
  private ConvolutionAlgorithm algorithm = ConvolutionAlgorithm.AUTO;
  private boolean isTrained = true;
  private boolean isLowest; // nothing below it is trained

  ConvolutionOnOneDnn(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public void compute(Computation how) {
    type = how.precision().type();
    algorithm = how.convolution();
    plans.clear();
  }

  @Override
  public void train(boolean itself, boolean below) {
    isTrained = itself;
    isLowest = !below;
    plans.clear();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    input = Memory.inOrder(input, ArrayType.ACTIVATIONS, workspaces); // kept for the way back
    Plan plan = plan();
    INDArray output =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, type, plan.outputShape, 'c');
    plan.forward.compute(
        Memory.address(input),
        Memory.address(getParam(WEIGHT)),
        hasBias() ? Memory.address(getParam(BIAS)) : 0,
        Memory.address(output));
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    layerConf().checkTrainable();
    Plan plan = plan();
    plan.addBackward();
    long outputGradient =
        Memory.address(Memory.inOrder(epsilon, ArrayType.BP_WORKING_MEM, workspaces));
    Gradient gradient = new DefaultGradient();
    if (isTrained) {
      computeParameterGradients(plan, outputGradient, gradient);
    }
    if (plan.inputGradient == null) {
      return new Pair<>(gradient, null);
    }
    INDArray inputGradient =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
    plan.inputGradient.compute(
        outputGradient, Memory.address(getParam(WEIGHT)), Memory.address(inputGradient));
    return new Pair<>(gradient, inputGradient);
  }

  private void computeParameterGradients(Plan plan, long outputGradient, Gradient gradient) {
    INDArray weightGradient = gradientViews.get(WEIGHT);
    long bias = 0;
    if (hasBias()) {
      INDArray biasGradient = gradientViews.get(BIAS);
      bias = Memory.address(biasGradient);
      gradient.setGradientFor(BIAS, biasGradient);
    }
    plan.weightGradient.compute(
        Memory.address(input), outputGradient, Memory.address(weightGradient), bias);
    gradient.setGradientFor(WEIGHT, weightGradient, 'c');
  }

  @Override
  public boolean hasBias() {
    return layerConf().hasBias();
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

  private Plan plan() {
    return plans.computeIfAbsent(
        Arrays.stream(Layout.sizes(input)).boxed().toList(), sizes -> new Plan(input));
  }

  /** Computes the output. */
  private interface Forward {
    /**
     * Computes it. All are addresses; that of the bias is 0 where there is none.
     *
     * @param weights [outputs, inputs, height, width]
     */
    void compute(long input, long weights, long bias, long output);
  }

  /** Computes the gradient of the input. */
  private interface InputGradient {
    /** Computes it; likewise. */
    void compute(long outputGradient, long weights, long inputGradient);
  }

  /** Computes the gradient of weights and bias. */
  interface WeightGradient {
    /**
     * Computes it.
     *
     * @param input address of the input, as the layer is given it
     * @param gradient address of the output's gradient, as the layer gives its output
     * @param weights address where the weights' gradient goes, [outputs, inputs, height, width]
     * @param bias address where that of the bias goes; 0: there is none
     */
    void compute(long input, long gradient, long weights, long bias);
  }

  /** The operations for one size of input. */
  private final class Plan {
    private final String name = layerConf().getLayerName();
    private final ConvolutionShape shape;
    private final Layout given; // the input
    private final Layout source; // the same as the operations take it
    private final Layout output;
    private final long[] outputShape;
    private final Layout weights;
    private final long[] weightSizes;
    private final dnnl_memory_desc_t bias;
    private final UnrolledProducts unrolled; // null: a convolution of oneDNN serves
    private final Primitive convolution; // null: unrolled serves
    private final Forward forward;
    private WeightGradient weightGradient; // null: not yet, or not asked for
    private InputGradient inputGradient; // likewise

    Plan(INDArray input) {
      Convolution layer = layerConf();
      long[] in = Layout.sizes(input);
      if (in.length != 4 || in[1] != layer.getNIn() * layer.getGroups()) {
        throw new DL4JInvalidInputException(
            "Cannot convolve an array of shape "
                + Arrays.toString(input.shape())
                + " in "
                + name
                + ": it takes images of "
                + layer.getNIn() * layer.getGroups()
                + " channels");
      }
      shape = ConvolutionShape.of(layer, in);
      long[] out = shape.out();
      int groups = layer.getGroups();
      weightSizes =
          groups == 1
              ? new long[] {out[1], in[1], shape.kernel()[0], shape.kernel()[1]}
              : new long[] {
                groups, out[1] / groups, layer.getNIn(), shape.kernel()[0], shape.kernel()[1]
              };
      given = Layout.of(input);
      source = given.in(type);
      output = Layout.images(type, out[0], out[1], out[2], out[3]);
      outputShape = Layout.shape(type, out[0], out[1], out[2], out[3]);
      weights = Layout.plain(weightSizes);
      bias = layer.hasBias() ? Layout.plain(out[1]).descriptor() : null;
      if (groups == 1 && UnrolledProducts.suit(shape, type, given)) {
        if (roundedWeights == null) {
          roundedWeights = new RoundedWeights(weights);
        }
        unrolled =
            new UnrolledProducts(name, shape, roundedWeights, layer.hasBias(), this::appendRelu);
        convolution = null;
        forward = unrolled::forward;
      } else {
        unrolled = null;
        convolution =
            fastest(this::forward)
                .reads(DNNL_ARG_SRC, given)
                .reads(DNNL_ARG_WEIGHTS, weights)
                .writes(DNNL_ARG_DST, output);
        forward = this::convolve;
      }
    }

    private void convolve(long input, long weights, long bias, long output) {
      if (bias != 0) {
        convolution.with(DNNL_ARG_BIAS, bias);
      }
      convolution
          .with(DNNL_ARG_SRC, input)
          .with(DNNL_ARG_WEIGHTS, weights)
          .with(DNNL_ARG_DST, output)
          .run();
    }

    private void appendRelu(dnnl_primitive_attr attributes) {
      if (layerConf().isRelu()) {
        Rectifier.appendTo(attributes);
      }
    }

    /** Adds the backward operations, for which a network that only predicts has no use. */
    void addBackward() {
      if (weightGradient == null && isTrained) {
        weightGradient = unrolled == null ? weightGradient() : unrolled::weightGradient;
      }
      if (inputGradient == null && !layerConf().isFirst() && !isLowest) {
        inputGradient =
            unrolled == null
                ? inputGradient()
                : (outputGradient, weights, inputGradient) ->
                    unrolled.inputGradient(outputGradient, inputGradient);
      }
    }

    private InputGradient inputGradient() {
      Primitive primitive =
          gradient(this::backwardData)
              .reads(DNNL_ARG_DIFF_DST, output)
              .reads(DNNL_ARG_WEIGHTS, weights)
              .writes(DNNL_ARG_DIFF_SRC, given);
      return (outputGradient, weights, inputGradient) ->
          primitive
              .with(DNNL_ARG_DIFF_DST, outputGradient)
              .with(DNNL_ARG_WEIGHTS, weights)
              .with(DNNL_ARG_DIFF_SRC, inputGradient)
              .run();
    }

    private WeightGradient weightGradient() {
      Convolution layer = layerConf();
      if (layer.getGroups() == 1
          && TapProducts.suit(
              shape, () -> direct(this::backwardWeights, source, output).isSlow())) {
        return new TapProducts(shape, given, output);
      }
      if (layer.getGroups() == 1 && SpaceToDepth.suit(shape, type, given)) {
        return new SpaceToDepth(shape, given, output, layer.hasBias());
      }
      Primitive primitive =
          gradient(this::backwardWeights)
              .reads(DNNL_ARG_SRC, given)
              .reads(DNNL_ARG_DIFF_DST, output)
              .writes(DNNL_ARG_DIFF_WEIGHTS, weights);
      return (input, gradient, weights, bias) -> {
        if (bias != 0) {
          primitive.with(DNNL_ARG_DIFF_BIAS, bias);
        }
        primitive
            .with(DNNL_ARG_SRC, input)
            .with(DNNL_ARG_DIFF_DST, gradient)
            .with(DNNL_ARG_DIFF_WEIGHTS, weights)
            .run();
      };
    }

    private Primitive gradient(Operation operation) {
      boolean isSmall = shape.pixels() < SMALL;
      return (isSmall ? winograd(operation) : Optional.<Primitive>empty())
          .orElseGet(() -> fastest(operation));
    }

    private Primitive fastest(Operation operation) {
      return (type == DataType.FLOAT ? winograd(operation) : Optional.<Primitive>empty())
          .orElseGet(() -> direct(operation));
    }

    /** By Winograd's algorithm, which oneDNN has for f32 alone; empty where it does not pay. */
    private Optional<Primitive> winograd(Operation operation) {
      return algorithm.triesWinograd(shape.out())
          ? operation.on(
              source.in(DataType.FLOAT), output.in(DataType.FLOAT), dnnl_convolution_winograd)
          : Optional.empty();
    }

    private Primitive direct(Operation operation) {
      Primitive asTheyLie = direct(operation, source, output);
      if (!asTheyLie.isSlow()) {
        return asTheyLie;
      }
      if (type == DataType.BFLOAT16 && OneDnn.hasTiles()) {
        Primitive channelsLast =
            direct(operation, source.asChannelsLast(), output.asChannelsLast());
        if (!channelsLast.isSlow()) {
          return channelsLast;
        }
      }
      // In plain order oneDNN has a matrix product where it has no fast code for images as they
      // lie.
      Primitive plain = direct(operation, source.asPlain(), output.asPlain());
      return plain.isSlow() ? asTheyLie : plain;
    }

    private Primitive direct(Operation operation, Layout from, Layout to) {
      return operation.on(from, to, dnnl_convolution_direct).orElseThrow();
    }

    private Optional<Primitive> forward(Layout from, Layout to, int algorithm) {
      dnnl_convolution_desc_t description = new dnnl_convolution_desc_t();
      OneDnn.check(
          dnnl_dilated_convolution_forward_desc_init(
              description,
              dnnl_forward_training,
              algorithm,
              from.descriptor(),
              Layout.any(from.type(), weightSizes).descriptor(),
              bias,
              to.descriptor(),
              shape.stride(),
              shape.skipped(),
              shape.padding(),
              shape.padding()),
          "describe convolution " + name);
      return Primitive.ifThereIs("convolution " + name, description, null, this::appendRelu);
    }

    private Optional<Primitive> backwardWeights(Layout from, Layout to, int algorithm) {
      dnnl_convolution_desc_t description = new dnnl_convolution_desc_t();
      OneDnn.check(
          dnnl_dilated_convolution_backward_weights_desc_init(
              description,
              algorithm,
              from.descriptor(),
              Layout.any(DataType.FLOAT, weightSizes).descriptor(),
              bias,
              to.descriptor(),
              shape.stride(),
              shape.skipped(),
              shape.padding(),
              shape.padding()),
          "describe the weights' gradient of " + name);
      return Primitive.ifThereIs(
          "weights' gradient of " + name, description, convolution, attributes -> {});
    }

    private Optional<Primitive> backwardData(Layout from, Layout to, int algorithm) {
      dnnl_convolution_desc_t description = new dnnl_convolution_desc_t();
      OneDnn.check(
          dnnl_dilated_convolution_backward_data_desc_init(
              description,
              algorithm,
              from.descriptor(),
              Layout.any(from.type(), weightSizes).descriptor(),
              to.descriptor(),
              shape.stride(),
              shape.skipped(),
              shape.padding(),
              shape.padding()),
          "describe the input's gradient of " + name);
      return Primitive.ifThereIs(
          "input's gradient of " + name, description, convolution, attributes -> {});
    }
  }

  /** Makes one of the three operations; empty if oneDNN has no code for it. */
  private interface Operation {
    Optional<Primitive> on(Layout from, Layout to, int algorithm);
  }
}
