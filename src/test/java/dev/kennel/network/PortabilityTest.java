package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Networks with oneDNN and without it are the same networks. */
class PortabilityTest {
  private static final String SWITCH = "kennel.onednn";
  private static final int SIZE = 32; // one pixel is left in ResNet's last stage

  @TempDir private Path folder;

  /** Within what rounding does to a deep network of few pixels, where it decides some ReLUs. */
  @ParameterizedTest
  @EnumSource(Network.class)
  void aTrainingStepChangesEveryParameterAlike(Network network) {
    ComputationGraph fast = graph(network);
    ComputationGraph portable = withoutOneDnn(() -> graph(network));
    portable.setParams(fast.params());
    Map<String, INDArray> start = new HashMap<>();
    fast.paramTable().forEach((name, value) -> start.put(name, value.dup()));
    fast.fit(batch());
    portable.fit(batch());
    for (Map.Entry<String, INDArray> parameter : fast.paramTable().entrySet()) {
      INDArray other = portable.getParam(parameter.getKey());
      double difference = parameter.getValue().sub(other).norm2Number().doubleValue();
      double step = other.sub(start.get(parameter.getKey())).norm2Number().doubleValue();
      assertThat(difference).as(parameter.getKey()).isLessThanOrEqualTo(0.1 * step + 2e-5);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RESNET18", "RESFCN18", "CUSTOMCNN"})
  void aModelSavedWithOneDnnAnswersTheSameWithoutIt(Network network) throws IOException {
    ComputationGraph fast = graph(network);
    fast.fit(batch());
    File file = folder.resolve("model.zip").toFile();
    fast.save(file);
    ComputationGraph portable = withoutOneDnn(() -> load(file));
    INDArray images = batch().getFeatures();
    assertThat(portable.outputSingle(images).equalsWithEps(fast.outputSingle(images), 1e-4))
        .isTrue();
  }

  private interface Work {
    ComputationGraph build();
  }

  private static ComputationGraph withoutOneDnn(Work work) {
    System.setProperty(SWITCH, "false");
    try {
      return work.build();
    } finally {
      System.clearProperty(SWITCH);
    }
  }

  private static ComputationGraph load(File file) {
    try {
      return ComputationGraph.load(file, true);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("Cannot load " + file, e);
    }
  }

  private static ComputationGraph graph(Network network) {
    ComputationGraph graph =
        new ComputationGraph(network.configure(5, SIZE, new Optimization(new Sgd(0.1), 1e-4)));
    graph.init();
    Initialization.initialize(graph, 7);
    return graph;
  }

  /** The same each time it is asked for. */
  private static DataSet batch() {
    int values = 8 * 3 * SIZE * SIZE;
    INDArray images =
        Transforms.sin(Nd4j.arange(values).castTo(DataType.FLOAT).muli(12.9898f))
            .reshape('c', 8, 3, SIZE, SIZE);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 8, 5);
    for (int i = 0; i < 8; i++) {
      labels.putScalar(i, i % 5, 1);
    }
    return new DataSet(images, labels);
  }
}
