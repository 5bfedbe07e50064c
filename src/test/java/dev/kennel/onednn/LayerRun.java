package dev.kennel.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** One layer alone, built as a network would build it, run forwards and backwards. */
final class LayerRun {
  /** The two ways that a layer can be built: with oneDNN, and without. */
  enum Way {
    ONEDNN,
    PORTABLE
  }

  private static final LayerWorkspaceMgr NO_WORKSPACES = LayerWorkspaceMgr.noWorkspaces();

  private final Layer layer;
  private INDArray output;
  private INDArray inputGradient;
  private Gradient gradient;

  private LayerRun(Layer layer) {
    this.layer = layer;
  }

  static LayerRun build(
      Way way, org.deeplearning4j.nn.conf.layers.Layer configuration, InputType input) {
    return new LayerRun(layer(way, configuration, input));
  }

  static Layer layer(
      Way way, org.deeplearning4j.nn.conf.layers.Layer configuration, InputType input) {
    NeuralNetConfiguration conf =
        new NeuralNetConfiguration.Builder().updater(new NoOp()).layer(configuration).build();
    configuration.setLayerName("tested");
    configuration.setNIn(input, true);
    long parameters = configuration.initializer().numParams(conf);
    INDArray flat = parameters == 0 ? null : Nd4j.zeros(DataType.FLOAT, 1, parameters);
    if (way == Way.PORTABLE) {
      System.setProperty(OneDnn.SWITCH, "false");
    }
    try {
      Layer layer = configuration.instantiate(conf, List.of(), 0, flat, true, DataType.FLOAT);
      if (flat != null) {
        layer.setBackpropGradientsViewArray(Nd4j.valueArrayOf(new long[] {1, parameters}, 7f));
      }
      assertThat(layer.getClass().getSimpleName().endsWith("OnOneDnn"))
          .isEqualTo(way == Way.ONEDNN);
      return layer;
    } finally {
      System.clearProperty(OneDnn.SWITCH);
    }
  }

  /** Sets a parameter, whose values come in the order of its shape. */
  LayerRun with(String parameter, Tensor values) {
    layer.getParam(parameter).assign(values.toArray());
    return this;
  }

  /** Computes in that precision from now on. */
  LayerRun in(Precision precision) {
    ((Computing) layer).compute(Computation.in(precision));
    return this;
  }

  /** Leaves its parameters out of the training that goes on below it. */
  LayerRun frozen() {
    ((PartlyTrained) layer).train(false, true);
    return this;
  }

  Tensor forward(boolean training, Tensor input) {
    return forward(training, input.toArray());
  }

  /** Runs forwards on images as they lie: a blocked array stays so. */
  Tensor forward(boolean training, INDArray input) {
    layer.setInput(input, NO_WORKSPACES);
    output = layer.activate(training, NO_WORKSPACES);
    return Tensor.of(output);
  }

  INDArray output() {
    return output;
  }

  LayerRun backward(Tensor outputGradient) {
    Pair<Gradient, INDArray> result =
        layer.backpropGradient(outputGradient.toArrayLike(output), NO_WORKSPACES);
    gradient = result.getFirst();
    inputGradient = result.getSecond();
    return this;
  }

  Tensor inputGradient() {
    return Tensor.of(inputGradient);
  }

  boolean hasInputGradient() {
    return inputGradient != null;
  }

  boolean hasGradients() {
    return !gradient.gradientForVariable().isEmpty();
  }

  Tensor gradient(String parameter) {
    Map<String, INDArray> gradients = gradient.gradientForVariable();
    return Tensor.of(gradients.get(parameter));
  }

  /** Holds a tensor in f32 to one in double precision; the error is that of sums of its size. */
  static void assertClose(String what, Tensor computed, Tensor reference) {
    assertClose(what, computed, reference, 2e-5);
  }

  /** Holds a tensor to another: no number is off by more than that share of the largest. */
  static void assertClose(String what, Tensor computed, Tensor reference, double share) {
    assertThat(computed.values()).as(what).hasSameSizeAs(reference.values());
    double largest = 0;
    for (int i = 0; i < reference.values().length; i++) {
      largest = Math.max(largest, Math.abs(computed.values()[i] - reference.values()[i]));
    }
    assertThat(largest)
        .as("largest error of %s", what)
        .isLessThanOrEqualTo(share * Math.max(reference.largest(), 1));
  }
}
