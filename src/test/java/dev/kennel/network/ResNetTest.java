package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;

class ResNetTest {
  private static final List<Boolean> NO = List.of(false, false, false);
  private static final List<Integer> FIFTY = List.of(3, 4, 6, 3);

  /** ResNeXt-50 32×4d; torchvision counts 25,028,904. */
  @Test
  void groupsMakeResNeXt() {
    ResNet resNext = new ResNet(true, FIFTY, false, 32, 4, NO);
    assertThat(parameters(resNext.configure(1000, 224, Optimization.NONE))).isEqualTo(25_028_904);
  }

  /** Wide ResNet-50-2; torchvision counts 68,883,240. */
  @Test
  void twiceTheWidthPerGroupMakesWideResNet() {
    ResNet wide = new ResNet(true, FIFTY, false, 1, 128, NO);
    assertThat(parameters(wide.configure(1000, 224, Optimization.NONE))).isEqualTo(68_883_240);
  }

  @Test
  void dilationInPlaceOfStrideKeepsTheResolutionAndTheParameters() {
    ResNet dilated = new ResNet(true, FIFTY, false, 1, 64, List.of(false, true, true));
    ComputationGraphConfiguration network = dilated.configure(1000, 224, Optimization.NONE);
    Map<String, InputType> shapes =
        network.getLayerActivationTypes(InputType.convolutional(224, 224, 3));
    assertThat(shapes.get("stage2")).isEqualTo(InputType.convolutional(28, 28, 512));
    assertThat(shapes.get("stage3")).isEqualTo(InputType.convolutional(28, 28, 1024));
    assertThat(shapes.get("stage4")).isEqualTo(InputType.convolutional(28, 28, 2048));
    assertThat(parameters(network)).isEqualTo(25_557_032);
  }

  @Test
  void zeroInitResidualStartsTheLastNormalizationOfEachBranchAtZero() {
    ComputationGraph graph =
        new ComputationGraph(
            new ResNet(false, List.of(1, 1, 1, 1), true, 1, 64, NO)
                .configure(2, 32, Optimization.NONE));
    graph.init();
    assertThat(graph.getLayer("stage1-conv2-bn").getParam("gamma").sumNumber().doubleValue())
        .isZero();
    assertThat(graph.getLayer("stage1-conv1-bn").getParam("gamma").sumNumber().doubleValue())
        .isEqualTo(64);
  }

  @Test
  void basicBlocksTakeNeitherGroupsNorWidthNorDilation() {
    List<Integer> blocks = List.of(2, 2, 2, 2);
    assertThatThrownBy(() -> new ResNet(false, blocks, false, 2, 64, NO))
        .hasMessageStartingWith("Cannot build a ResNet of basic blocks with groups 2");
    assertThatThrownBy(() -> new ResNet(false, blocks, false, 1, 128, NO))
        .hasMessageContaining("width per group 128");
    assertThatThrownBy(() -> new ResNet(false, blocks, false, 1, 64, List.of(false, false, true)))
        .hasMessageContaining("dilation");
  }

  @Test
  void aResNetHasFourStages() {
    assertThatThrownBy(() -> ResNet.basic(2, 2, 2))
        .hasMessageStartingWith("Cannot build a ResNet of stages [2, 2, 2]");
  }

  private static long parameters(ComputationGraphConfiguration network) {
    return NetworkSize.of(network, 224).parameters();
  }
}
