package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.ConvolutionAlgorithm;
import dev.kennel.onednn.LeanGraph;
import dev.kennel.onednn.Precision;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Networks compute in bf16 what they compute in f32, but for rounding; see OneStepTest too. */
class MixedPrecisionTest {
  private static final double RATE = 0.1;
  private static final double MOMENTUM = 0.9;
  private static final double ROUNDING = 1.0 / 256; // of a bf16 number, at most, relatively

  @ParameterizedTest
  @EnumSource(Network.class)
  void answersAreThoseOfF32ButForRounding(Network network) {
    INDArray images = FormulaBatch.of(8, 5, 32).getFeatures();
    INDArray answers = graph(network, Computation.DEFAULT).outputSingle(images);
    INDArray rounded = graphInBf16(network).outputSingle(images);
    assertThat(distance(rounded, answers)).isBetween(1e-9, 20 * ROUNDING);
  }

  @ParameterizedTest
  @EnumSource(Network.class)
  void aStepFollowsTheGradientsThatCanBeAskedFor(Network network) {
    LeanGraph asked = graphInBf16(network);
    LeanGraph stepped = graphInBf16(network);
    DataSet batch = FormulaBatch.of(8, 5, 32);
    asked.setInput(0, batch.getFeatures());
    asked.setLabels(batch.getLabels());
    asked.computeGradientAndScore();
    stepped.fit(batch);
    assertThat(stepped.score()).isEqualTo(asked.score());
    asked
        .gradient()
        .gradientForVariable()
        .forEach(
            (name, gradient) -> {
              if (name.endsWith("_W")) {
                INDArray moved = stepped.getParam(name).sub(asked.getParam(name));
                INDArray expected = gradient.mul(-RATE * (1 + MOMENTUM) / 8);
                assertThat(distance(moved, expected)).as(name).isLessThan(0.05);
              }
            });
  }

  /**
   * Those of images of 4 × 4 pixels, which ResNet18's second stage has here, by Winograd in f32.
   */
  @Test
  void gradientsThatAreFasterInF32AreTheSameButForRounding() {
    LeanGraph auto = graphInBf16(Network.RESNET18);
    LeanGraph direct =
        graph(Network.RESNET18, new Computation(Precision.BF16, ConvolutionAlgorithm.DIRECT));
    DataSet batch = FormulaBatch.of(32, 5, 32);
    for (LeanGraph graph : List.of(auto, direct)) {
      graph.setInput(0, batch.getFeatures());
      graph.setLabels(batch.getLabels());
      graph.computeGradientAndScore();
    }
    assertThat(auto.score()).isEqualTo(direct.score());
    Map<String, INDArray> expected = direct.gradient().gradientForVariable();
    auto.gradient()
        .gradientForVariable()
        .forEach(
            (name, gradient) -> {
              if (name.endsWith("_W")) {
                assertThat(distance(gradient, expected.get(name)))
                    .as(name)
                    .isLessThan(4 * ROUNDING);
              }
            });
  }

  @Test
  void aProcessorWithoutTheInstructionsRefusesBf16AndSaysWhatToDo() {
    assertThat(Precision.F32.isNative()).isTrue();
    assumeThat(Precision.BF16.isNative()).isFalse();
    assertThatThrownBy(Precision.BF16::check)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "Cannot compute in bf16: this processor has no instructions for it (avx512_bf16); "
                + "use f32");
  }

  /** In bf16 where oneDNN can compute in it at all, if only by f32 instructions. */
  private static LeanGraph graphInBf16(Network network) {
    try {
      return graph(network, Computation.in(Precision.BF16));
    } catch (UnsupportedOperationException e) {
      assumeThat(false).as(e.getMessage()).isTrue();
      throw e;
    }
  }

  private static LeanGraph graph(Network network, Computation how) {
    Arithmetic.useThreads(1);
    ComputationGraphConfiguration configuration =
        network.configure(5, 32, new Optimization(new Nesterovs(RATE, MOMENTUM), 0));
    LeanGraph graph = new LeanGraph(configuration, how);
    graph.init();
    Initialization.initialize(graph, 3);
    return graph;
  }

  /** The norm of the difference over the norm of the expected. */
  private static double distance(INDArray found, INDArray expected) {
    return found.sub(expected).norm2Number().doubleValue() / expected.norm2Number().doubleValue();
  }
}
