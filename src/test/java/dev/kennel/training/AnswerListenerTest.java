package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.network.Answer;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.onednn.LeanGraph;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.ops.transforms.Transforms;

class AnswerListenerTest {
  @ParameterizedTest
  @EnumSource(names = {"RESNET18", "RESFCN18", "CUSTOMCNN"})
  void theAnswersAreThoseBeforeTheStepWhateverBecameOfTheMemory(Network network) {
    ComputationGraphConfiguration configuration =
        network.configure(5, 32, new Optimization(new Nesterovs(0.1, 0.9), 0));
    List<Answer> answers = answers(new LeanGraph(configuration.clone()));
    List<Answer> expected = answers(new ComputationGraph(configuration.clone()));
    assertThat(answers).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(answers.get(i).predicted()).isEqualTo(expected.get(i).predicted());
      assertThat(answers.get(i).loss()).isCloseTo(expected.get(i).loss(), within(0.001));
    }
  }

  private static List<Answer> answers(ComputationGraph graph) {
    graph.init();
    Initialization.initialize(graph, 3);
    AnswerListener listener = new AnswerListener();
    graph.setListeners(listener);
    INDArray images =
        Transforms.sin(Nd4j.arange(16 * 3 * 32 * 32).castTo(DataType.FLOAT).muli(12.9898f))
            .reshape('c', 16, 3, 32, 32);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 16, 5);
    for (int i = 0; i < 16; i++) {
      labels.putScalar(i, i % 5, 1);
    }
    graph.fit(new DataSet(images, labels));
    return listener.answers();
  }
}
