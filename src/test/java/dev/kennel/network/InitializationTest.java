package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class InitializationTest {
  @Test
  void convolutionsOfResNetAreNormalWithVarianceTwoByFanOut() {
    ComputationGraph graph = graph(Network.RESNET18, 1);
    INDArray weight = graph.getLayer("stage4-conv1").getParam("W"); // 512 × 512 × 3 × 3
    double deviation = Math.sqrt(2.0 / (512 * 3 * 3));
    assertThat(weight.meanNumber().doubleValue()).isCloseTo(0, within(deviation / 100));
    assertThat(weight.stdNumber().doubleValue()).isCloseTo(deviation, within(deviation / 100));
    INDArray strided =
        graph.getLayer("stage2-block1-conv1").getParam("W"); // fan_out ignores stride
    assertThat(strided.stdNumber().doubleValue())
        .isCloseTo(Math.sqrt(2.0 / (128 * 9)), within(0.001));
  }

  @Test
  void fullyConnectedLayersAreUniformWithinOneByTheRootOfFanIn() {
    ComputationGraph graph = graph(Network.RESFCN18, 1);
    double bound = 1 / Math.sqrt(3 * 32 * 32);
    INDArray weight = graph.getLayer("stem-fc").getParam("W");
    INDArray bias = graph.getLayer("stem-fc").getParam("b");
    assertThat(weight.amaxNumber().doubleValue())
        .isLessThanOrEqualTo(bound)
        .isGreaterThan(0.99 * bound);
    assertThat(bias.amaxNumber().doubleValue())
        .isLessThanOrEqualTo(bound)
        .isGreaterThan(0.99 * bound);
    assertThat(weight.stdNumber().doubleValue())
        .isCloseTo(bound / Math.sqrt(3), within(bound / 100));
  }

  @Test
  void convolutionsWithBiasAreUniformAsInPyTorch() {
    ComputationGraph graph = graph(Network.CUSTOMCNN, 1);
    double bound = 1 / Math.sqrt(32 * 9);
    assertThat(graph.getLayer("stage2-conv").getParam("W").amaxNumber().doubleValue())
        .isLessThanOrEqualTo(bound)
        .isGreaterThan(0.99 * bound);
    assertThat(graph.getLayer("stage2-conv").getParam("b").amaxNumber().doubleValue())
        .isLessThanOrEqualTo(bound)
        .isPositive();
  }

  @Test
  void batchNormalizationStartsAsTheIdentityOfStandardData() {
    ComputationGraph graph = graph(Network.CUSTOMCNN, 1);
    assertThat(graph.getLayer("stage1-bn").getParam("gamma").meanNumber().doubleValue())
        .isEqualTo(1);
    assertThat(graph.getLayer("stage1-bn").getParam("beta").amaxNumber().doubleValue()).isZero();
    assertThat(graph.getLayer("stage1-bn").getParam("mean").amaxNumber().doubleValue()).isZero();
    assertThat(graph.getLayer("stage1-bn").getParam("var").meanNumber().doubleValue()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 5, -3})
  void theSeedDecidesAlone(long seed) {
    assertThat(graph(Network.CUSTOMCNN, seed).params())
        .isEqualTo(graph(Network.CUSTOMCNN, seed).params());
    assertThat(graph(Network.CUSTOMCNN, seed).params())
        .isNotEqualTo(graph(Network.CUSTOMCNN, seed + 1).params());
  }

  private static ComputationGraph graph(Network network, long seed) {
    ComputationGraph graph = new ComputationGraph(network.configure(4, 32, Optimization.NONE));
    graph.init();
    Initialization.initialize(graph, seed);
    return graph;
  }
}
