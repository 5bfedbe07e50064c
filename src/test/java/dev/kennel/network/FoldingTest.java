package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.onednn.LeanGraph;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

/** A network whose batch normalization is folded into its convolutions answers as it did. */
class FoldingTest {
  private static final DataSet BATCH = FormulaBatch.of(6, 5, 32);

  @ParameterizedTest
  @EnumSource(names = {"RESNET18", "RESNET50", "RESFCN18", "CUSTOMCNN"})
  void answersDifferByRoundingAlone(Network network) {
    ComputationGraph trained = trained(network);
    INDArray parameters = trained.params().dup();
    INDArray answers = trained.outputSingle(BATCH.getFeatures());
    ComputationGraph folded = Folding.of(trained);
    assertThat(folded.outputSingle(BATCH.getFeatures()).equalsWithEps(answers, 1e-5)).isTrue();
    boolean isFullyConnected = network == Network.RESFCN18; // of which nothing is folded
    assertThat(normalizations(folded)).isEqualTo(isFullyConnected ? normalizations(trained) : 0);
    assertThat(trained.params()).isEqualTo(parameters);
    assertThat(trained.outputSingle(BATCH.getFeatures())).isEqualTo(answers);
  }

  @Test
  void soTheyDoWithoutOneDnn() {
    ComputationGraph trained = trained(Network.CUSTOMCNN);
    System.setProperty("kennel.onednn", "false");
    try {
      assertThat(
              Folding.of(trained)
                  .outputSingle(BATCH.getFeatures())
                  .equalsWithEps(trained.outputSingle(BATCH.getFeatures()), 1e-4))
          .isTrue();
    } finally {
      System.clearProperty("kennel.onednn");
    }
  }

  @Test
  void itIsNotToBeTrained() {
    ComputationGraph folded = Folding.of(trained(Network.CUSTOMCNN));
    assertThatThrownBy(() -> folded.fit(BATCH))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("its ReLU is there to answer with only");
  }

  private static long normalizations(ComputationGraph graph) {
    return Arrays.stream(graph.getLayers())
        .filter(layer -> layer.conf().getLayer() instanceof BatchNormalization)
        .count();
  }

  /** Its running statistics and weights of batch normalization have moved. */
  private static ComputationGraph trained(Network network) {
    ComputationGraph graph =
        new LeanGraph(network.configure(5, 32, new Optimization(new Nesterovs(0.01, 0.9), 0)));
    graph.init();
    Initialization.initialize(graph, 3);
    for (int i = 0; i < 3; i++) {
      graph.fit(BATCH);
    }
    return graph;
  }
}
