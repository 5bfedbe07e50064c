package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.UserError;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NetworkTest {
  /** Counted with torchvision 0.14.1 (ResNets) and PyTorch (the others). */
  @ParameterizedTest
  @CsvSource({
    "resnet18, 224, 1000, 11689512, 9600",
    "resnet18, 224, 120, 11238072, 9600",
    "resnet34, 224, 1000, 21797672, 17024",
    "resnet34, 224, 120, 21346232, 17024",
    "resnet50, 224, 1000, 25557032, 53120",
    "resnet50, 224, 120, 23753912, 53120",
    "resfcn18, 192, 120, 457204680, 16352",
    "customcnn, 32, 1000, 1958888, 1984",
    "customcnn, 32, 120, 1732728, 1984",
  })
  void parametersAreAsManyAsPublished(
      String name, int imageSize, int classes, long parameters, long runningStatistics) {
    NetworkSize size = size(name, imageSize, classes);
    assertThat(size.parameters()).isEqualTo(parameters);
    assertThat(size.runningStatistics()).isEqualTo(runningStatistics);
    assertThat(size.parameterBytes()).isEqualTo(4 * (parameters + runningStatistics));
  }

  @Test
  void theCountFromTheConfigurationIsThatOfTheBuiltGraph() {
    ComputationGraphConfiguration network = Network.RESNET18.configure(10, 32, Optimization.NONE);
    ComputationGraph graph = new ComputationGraph(network);
    graph.init();
    NetworkSize size = NetworkSize.of(network, 32);
    assertThat(graph.numParams()).isEqualTo(size.parameters() + size.runningStatistics());
  }

  /**
   * 1.814 billion multiplications for ResNet18 and 4.089 for ResNet50, as torchvision's tables say.
   */
  @ParameterizedTest
  @CsvSource({"resnet18, 1.814", "resnet34, 3.664", "resnet50, 4.089"})
  void aForwardPassCostsTwoOperationsAMultiplication(String name, double billions) {
    double counted = size(name, 224, 1000).forwardFlopsPerImage() / 2e9;
    assertThat(counted).isBetween(billions - 0.001, billions + 0.001);
  }

  @Test
  void resFcn18CostsTwoOperationsAParameterOfItsWeights() {
    // 457,204,680 parameters less 24,656 of batch normalization and biases of the same layers
    NetworkSize size = size("resfcn18", 192, 120);
    long biases = 4096 + 2 * (1024 + 512 + 256 + 128 + 64 + 32 + 16 + 8) + 120;
    assertThat(size.forwardFlopsPerImage())
        .isEqualTo(2 * (size.parameters() - size.runningStatistics() - biases));
  }

  @Test
  void theStagesOfResNetHalveTheResolutionAndDoubleTheChannels() {
    Map<String, InputType> shapes =
        shapes(Network.RESNET18.configure(120, 224, Optimization.NONE), 224);
    assertThat(shapes.get("stem-conv")).isEqualTo(InputType.convolutional(112, 112, 64));
    assertThat(shapes.get("stem")).isEqualTo(InputType.convolutional(56, 56, 64));
    assertThat(shapes.get("stage1")).isEqualTo(InputType.convolutional(56, 56, 64));
    assertThat(shapes.get("stage2")).isEqualTo(InputType.convolutional(28, 28, 128));
    assertThat(shapes.get("stage3")).isEqualTo(InputType.convolutional(14, 14, 256));
    assertThat(shapes.get("stage4")).isEqualTo(InputType.convolutional(7, 7, 512));
    assertThat(shapes.get("pool")).isEqualTo(InputType.feedForward(512));
    assertThat(shapes.get(Layers.OUTPUT)).isEqualTo(InputType.feedForward(120));
  }

  @Test
  void theBottlenecksOfResNet50HaveFourTimesTheChannels() {
    Map<String, InputType> shapes =
        shapes(Network.RESNET50.configure(120, 224, Optimization.NONE), 224);
    assertThat(shapes.get("stage1")).isEqualTo(InputType.convolutional(56, 56, 256));
    assertThat(shapes.get("stage2")).isEqualTo(InputType.convolutional(28, 28, 512));
    assertThat(shapes.get("stage3")).isEqualTo(InputType.convolutional(14, 14, 1024));
    assertThat(shapes.get("stage4")).isEqualTo(InputType.convolutional(7, 7, 2048));
  }

  @Test
  void theStagesOfResFcn18QuarterTheFeatures() {
    Map<String, InputType> shapes =
        shapes(Network.RESFCN18.configure(120, 192, Optimization.NONE), 192);
    assertThat(shapes.get("stem-fc")).isEqualTo(InputType.feedForward(4096));
    assertThat(shapes.get("stem")).isEqualTo(InputType.feedForward(2048));
    assertThat(shapes.get("stage1-block1")).isEqualTo(InputType.feedForward(1024));
    assertThat(shapes.get("stage1")).isEqualTo(InputType.feedForward(512));
    assertThat(shapes.get("stage2")).isEqualTo(InputType.feedForward(128));
    assertThat(shapes.get("stage3")).isEqualTo(InputType.feedForward(32));
    assertThat(shapes.get("stage4")).isEqualTo(InputType.feedForward(8));
  }

  @Test
  void theStagesOfCustomCnnBring32PixelsToOne() {
    Map<String, InputType> shapes =
        shapes(Network.CUSTOMCNN.configure(120, 32, Optimization.NONE), 32);
    assertThat(shapes.get("stage1")).isEqualTo(InputType.convolutional(16, 16, 32));
    assertThat(shapes.get("stage2")).isEqualTo(InputType.convolutional(8, 8, 64));
    assertThat(shapes.get("stage3")).isEqualTo(InputType.convolutional(4, 4, 128));
    assertThat(shapes.get("stage4")).isEqualTo(InputType.convolutional(2, 2, 256));
    assertThat(shapes.get("stage5")).isEqualTo(InputType.convolutional(1, 1, 512));
    assertThat(shapes.get("fc")).isEqualTo(InputType.feedForward(256));
  }

  @Test
  void customCnnTakesMoreInputsToItsFirstFullyConnectedLayerAtALargerSize() {
    long at32 = size("customcnn", 32, 10).parameters();
    long at100 = size("customcnn", 100, 10).parameters(); // 100 / 32 is 3: nine times the inputs
    assertThat(at100 - at32).isEqualTo(8 * 512 * 256);
  }

  @ParameterizedTest
  @EnumSource(Network.class)
  void everyNetworkAnswersWithProbabilitiesAndLearnsOneBatch(Network network) {
    ComputationGraph graph =
        new ComputationGraph(
            network.configure(
                3, 32, new Optimization(new org.nd4j.linalg.learning.config.Sgd(0.01), 1e-4)));
    graph.init();
    Initialization.initialize(graph, 7);
    Nd4j.getRandom().setSeed(1);
    INDArray images = Nd4j.randn(6, 3, 32, 32);
    INDArray labels =
        Nd4j.create(
                new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}})
            .castTo(images.dataType());
    INDArray probabilities = graph.outputSingle(images);
    assertThat(probabilities.shape()).containsExactly(6, 3);
    for (int i = 0; i < 6; i++) {
      assertThat(probabilities.getRow(i).sumNumber().doubleValue()).isBetween(0.9999, 1.0001);
    }
    graph.fit(new org.nd4j.linalg.dataset.DataSet(images, labels));
    double first = graph.score();
    for (int step = 0; step < 15; step++) {
      graph.fit(new org.nd4j.linalg.dataset.DataSet(images, labels));
    }
    assertThat(graph.score()).isLessThan(first);
  }

  @Test
  void anUnknownNetworkIsAnErrorThatNamesTheNearest() {
    assertThatThrownBy(() -> Network.of("resnet81"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Unknown network resnet81: did you mean resnet18?");
  }

  @Test
  void customCnnNeedsThirtyTwoPixels() {
    assertThatThrownBy(() -> Network.CUSTOMCNN.configure(2, 31, Optimization.NONE))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot build customcnn for images of 31 px");
  }

  private static NetworkSize size(String name, int imageSize, int classes) {
    return NetworkSize.of(
        Network.of(name).configure(classes, imageSize, Optimization.NONE), imageSize);
  }

  private static Map<String, InputType> shapes(ComputationGraphConfiguration network, int size) {
    return network.getLayerActivationTypes(InputType.convolutional(size, size, 3));
  }
}
