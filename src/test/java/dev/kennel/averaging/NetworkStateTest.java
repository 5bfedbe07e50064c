package dev.kennel.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Nesterovs;

class NetworkStateTest {
  @Test
  void aStateComesBackFromItsBytesAsItWas() throws Exception {
    ComputationGraph graph = graph(1.5, -0.25);
    Initialization.initialize(graph, 3);
    ComputationGraph other = graph(0, 0);
    read(write(NetworkState.of(graph, 10))).copyTo(other);
    assertThat(other.params()).isEqualTo(graph.params());
    assertThat(other.getUpdater().getStateViewArray())
        .isEqualTo(graph.getUpdater().getStateViewArray());
  }

  @Test
  void theMeanWeighsEachStateByItsExamples() throws Exception {
    // (10 · 1 + 30 · 5) / 40 = 4 for parameters, (10 · 8 + 30 · 0) / 40 = 2 for momentum
    NetworkState ten = read(write(NetworkState.of(graph(1, 8), 10)));
    NetworkState thirty = read(write(NetworkState.of(graph(5, 0), 30)));
    ComputationGraph mean = graph(0, 0);
    ten.averagedWith(thirty).copyTo(mean);
    assertThat(mean.params().maxNumber().doubleValue()).isCloseTo(4, within(1e-6));
    assertThat(mean.params().minNumber().doubleValue()).isCloseTo(4, within(1e-6));
    assertThat(mean.getUpdater().getStateViewArray().maxNumber().doubleValue())
        .isCloseTo(2, within(1e-6));
    assertThat(mean.getUpdater().getStateViewArray().minNumber().doubleValue())
        .isCloseTo(2, within(1e-6));
  }

  @Test
  void theMeanOfThreeIsTheWeightedMeanToo() throws Exception {
    // (10 · 1 + 20 · 4 + 70 · 10) / 100 = 7.9
    NetworkState a = read(write(NetworkState.of(graph(1, 0), 10)));
    NetworkState b = read(write(NetworkState.of(graph(4, 0), 20)));
    NetworkState c = read(write(NetworkState.of(graph(10, 0), 70)));
    ComputationGraph mean = graph(0, 0);
    a.averagedWith(b).averagedWith(c).copyTo(mean);
    assertThat(mean.params().maxNumber().doubleValue()).isCloseTo(7.9, within(1e-5));
    assertThat(mean.params().minNumber().doubleValue()).isCloseTo(7.9, within(1e-5));
  }

  @Test
  void closingAStateLeavesTheMemoryOfItsGraph() {
    ComputationGraph graph = graph(3, 0);
    NetworkState.of(graph, 1).close();
    assertThat(graph.params().maxNumber().doubleValue()).isEqualTo(3);
  }

  private static ComputationGraph graph(double parameters, double momentum) {
    ComputationGraph graph =
        new ComputationGraph(
            Network.CUSTOMCNN.configure(3, 32, new Optimization(new Nesterovs(0.1, 0.9), 0)));
    graph.init();
    graph.params().assign(parameters);
    graph.getUpdater().getStateViewArray().assign(momentum);
    return graph;
  }

  private static byte[] write(NetworkState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(state);
    }
    return bytes.toByteArray();
  }

  private static NetworkState read(byte[] bytes) throws Exception {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (NetworkState) in.readObject();
    }
  }
}
