package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.LeanGraph;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** A training graph trains as Deeplearning4j's own graph does. */
class LeanGraphTest {
  @ParameterizedTest
  @EnumSource(names = {"RESNET18", "RESNET50", "RESFCN18", "CUSTOMCNN"})
  void aStepLeadsWhereDeeplearning4jsLeads(Network network) {
    assertTrainsAlike(network, new Nesterovs(0.001, 0.9), 8);
  }

  @Test
  void soDoSeveralStepsWithMomentumAndDecay() { // the last one smaller, as at an epoch's end
    assertTrainsAlike(Network.CUSTOMCNN, new Nesterovs(0.001, 0.9), 8, 8, 5);
  }

  @Test
  void soDoSeveralStepsWithoutMomentum() {
    assertTrainsAlike(Network.CUSTOMCNN, new Sgd(0.01), 8, 8, 5);
  }

  private static void assertTrainsAlike(Network network, IUpdater updater, int... batches) {
    Optimization how = new Optimization(updater, 0.01);
    ComputationGraph own = new LeanGraph(network.configure(5, 32, how));
    ComputationGraph stock = new ComputationGraph(network.configure(5, 32, how));
    Arithmetic.useThreads(1);
    for (ComputationGraph graph : new ComputationGraph[] {own, stock}) {
      graph.init();
      Initialization.initialize(graph, 3);
    }
    assertThat(own.params()).isEqualTo(stock.params());
    INDArray start = stock.params().dup();
    for (int batch : batches) {
      own.fit(batch(batch));
      stock.fit(batch(batch));
    }
    double way = stock.params().sub(start).norm2Number().doubleValue();
    double apart = own.params().sub(stock.params()).norm2Number().doubleValue();
    assertThat(way).isPositive();
    assertThat(apart).isLessThanOrEqualTo(0.001 * way);
    assertThat(own.getIterationCount()).isEqualTo(batches.length);
    INDArray state = stock.getUpdater().getStateViewArray();
    if (state != null) {
      double states = own.getUpdater().getStateViewArray().sub(state).norm2Number().doubleValue();
      assertThat(states).isLessThanOrEqualTo(0.001 * state.norm2Number().doubleValue());
    }
  }

  @Test
  void theScoreIsTheMeanCrossEntropyOfTheBatch() {
    ComputationGraph graph =
        new LeanGraph(Network.CUSTOMCNN.configure(5, 32, new Optimization(new Sgd(0.01), 0.01)));
    graph.init(); // weights 0: all classes equally likely
    graph.fit(batch(8));
    assertThat(graph.score()).isCloseTo(Math.log(5), within(1e-5));
  }

  @ParameterizedTest
  @EnumSource(names = {"RESNET18", "RESNET50", "RESFCN18", "CUSTOMCNN"})
  void itsAnswersAreThoseOfDeeplearning4jsGraph(Network network) {
    Optimization how = new Optimization(new Sgd(0.01), 0);
    ComputationGraph own = new LeanGraph(network.configure(5, 32, how));
    own.init();
    Initialization.initialize(own, 3);
    own.fit(batch(8)); // so that running statistics have moved
    ComputationGraph stock = new ComputationGraph(network.configure(5, 32, how));
    stock.init(own.params(), true);
    INDArray images = batch(5).getFeatures();
    INDArray answers = own.outputSingle(images);
    assertThat(answers.shape()).containsExactly(5, 5);
    assertThat(answers).isEqualTo(stock.outputSingle(images));
    assertThat(own.outputSingle(images)).isEqualTo(answers); // and again, in used memory
  }

  @Test
  void itsMemoryIsThatOfTheImagesItTrainsOnNowAndCanBeFreed() {
    LeanGraph graph =
        new LeanGraph(Network.RESNET18.configure(5, 32, new Optimization(new Sgd(0.01), 0)));
    graph.init();
    Initialization.initialize(graph, 3);
    graph.fit(batch(8));
    INDArray answers = graph.outputSingle(batch(5).getFeatures());
    long bytes = graph.stepMemoryBytes();
    assertThat(bytes).isGreaterThan(8 * 64 * 16 * 16 * Float.BYTES); // the first layer's output
    graph.outputSingle(FormulaBatch.of(8, 5, 64).getFeatures());
    graph.outputSingle(batch(5).getFeatures());
    assertThat(graph.stepMemoryBytes()).isLessThanOrEqualTo(bytes);
    graph.freeStepMemory();
    assertThat(graph.stepMemoryBytes()).isZero();
    assertThat(graph.outputSingle(batch(5).getFeatures())).isEqualTo(answers);
  }

  @Test
  void gradientsThatAreAskedForAreKeptAndStepsGoOnAfterwards() {
    Optimization how = new Optimization(new Nesterovs(0.001, 0.9), 0.01);
    ComputationGraph asked = new LeanGraph(Network.CUSTOMCNN.configure(5, 32, how));
    ComputationGraph other = new LeanGraph(Network.CUSTOMCNN.configure(5, 32, how));
    ComputationGraph stock = new ComputationGraph(Network.CUSTOMCNN.configure(5, 32, how));
    Arithmetic.useThreads(1);
    for (ComputationGraph graph : new ComputationGraph[] {asked, other, stock}) {
      graph.init();
      Initialization.initialize(graph, 3);
      graph.fit(batch(8));
    }
    INDArray before = asked.params().dup();
    for (ComputationGraph graph : new ComputationGraph[] {asked, stock}) {
      graph.setParams(before);
      graph.setInput(0, batch(8).getFeatures());
      graph.setLabels(batch(8).getLabels());
      graph.computeGradientAndScore();
    }
    INDArray gradients = asked.gradient().gradient();
    double size = stock.gradient().gradient().norm2Number().doubleValue();
    double apart = gradients.sub(stock.gradient().gradient()).norm2Number().doubleValue();
    assertThat(size).isPositive();
    assertThat(apart).isLessThanOrEqualTo(1e-4 * size);
    assertThat(asked.params()).isEqualTo(before);
    asked.fit(batch(8));
    other.fit(batch(8));
    assertThat(asked.params()).isEqualTo(other.params());
  }

  private static DataSet batch(int size) {
    return FormulaBatch.of(size, 5, 32);
  }
}
