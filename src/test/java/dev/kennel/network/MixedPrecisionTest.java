package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.LeanGraph;
import dev.kennel.onednn.Precision;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Networks compute in bf16 what they compute in f32, but for rounding. */
class MixedPrecisionTest {
  private static final double ROUNDING = 1.0 / 256; // of a bf16 number, at most, relatively

  @ParameterizedTest
  @EnumSource(Network.class)
  void answersAndGradientsAreThoseOfF32ButForRounding(Network network) {
    LeanGraph exact = graph(network, Precision.F32);
    LeanGraph rounded = graphInBf16(network);
    DataSet batch = FormulaBatch.of(8, 5, 32);
    INDArray answers = exact.outputSingle(batch.getFeatures());
    INDArray roundedAnswers = rounded.outputSingle(batch.getFeatures());
    assertThat(distance(roundedAnswers, answers)).isBetween(1e-9, 20 * ROUNDING);
    gradients(exact, batch);
    gradients(rounded, batch);
    assertThat(rounded.score())
        .isBetween(exact.score() * (1 - 8 * ROUNDING), exact.score() * (1 + 8 * ROUNDING));
    assertThat(distance(rounded.gradient().gradient(), exact.gradient().gradient()))
        .isBetween(1e-9, 60 * ROUNDING);
  }

  @ParameterizedTest
  @EnumSource(Network.class)
  void aStepFollowsTheGradientsThatAreAskedFor(Network network) {
    LeanGraph stepped = graphInBf16(network);
    LeanGraph asked = graphInBf16(network);
    DataSet batch = FormulaBatch.of(8, 5, 32);
    INDArray start = stepped.params().dup();
    gradients(asked, batch);
    INDArray expected = asked.gradient().gradient().mul(-0.001 * 1.9 / 8);
    stepped.fit(batch);
    INDArray way = stepped.params().sub(start);
    // The running statistics move by other rules and are a small part of the whole.
    assertThat(distance(way, expected)).isLessThan(1);
    assertThat(stepped.params().isNaN().any()).isFalse();
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
      return graph(network, Precision.BF16);
    } catch (UnsupportedOperationException e) {
      assumeThat(false).as(e.getMessage()).isTrue();
      throw e;
    }
  }

  private static LeanGraph graph(Network network, Precision precision) {
    Arithmetic.useThreads(1);
    ComputationGraphConfiguration configuration =
        network.configure(5, 32, new Optimization(new Nesterovs(0.001, 0.9), 0));
    LeanGraph graph = new LeanGraph(configuration, Computation.in(precision));
    graph.init();
    Initialization.initialize(graph, 3);
    return graph;
  }

  private static void gradients(LeanGraph graph, DataSet batch) {
    graph.setInput(0, batch.getFeatures());
    graph.setLabels(batch.getLabels());
    graph.computeGradientAndScore();
  }

  /** The norm of the difference over the norm of the expected. */
  private static double distance(INDArray found, INDArray expected) {
    return found.sub(expected).norm2Number().doubleValue() / expected.norm2Number().doubleValue();
  }
}
