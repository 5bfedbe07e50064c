package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.onednn.Normalization;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class LayersTest {
  @Test
  void featurePoolingIsTheMeanOfThreeNeighboursWithAZeroBeforeTheFirst() {
    // A 2 × 2 image has 12 values; (0 + 1 + 2) / 3, (2 + 3 + 4) / 3, (4 + 5 + 6) / 3, …
    Layers layers = new Layers(Optimization.NONE, 2);
    String flat = layers.fullyConnected("flat", Layers.INPUT, 12);
    ComputationGraph graph =
        new ComputationGraph(layers.classifier(layers.featurePooling("pool", flat), 2));
    graph.init();
    graph.getLayer("flat").getParam("W").assign(Nd4j.eye(12));
    INDArray image = Nd4j.linspace(1, 12, 12).castTo(graph.params().dataType());
    graph.setInput(0, image.reshape(1, 3, 2, 2));
    INDArray pooled = graph.feedForward(false).get("pool");
    assertThat(pooled.toDoubleVector())
        .containsExactly(new double[] {1, 3, 5, 7, 9, 11}, within(1e-6));
  }

  @Test
  void runningStatisticsMoveATenthOfTheWayToMeanAndUnbiasedVariance() {
    // Batch 1, 3: mean 2, unbiased variance 2 (the biased one is 1).
    ComputationGraph graph = normalization();
    graph.fit(
        new DataSet(Nd4j.create(new float[][] {{1}, {3}}), Nd4j.create(new float[][] {{0}, {0}})));
    assertThat(graph.getLayer("bn").getParam("mean").getDouble(0)).isCloseTo(0.2, within(1e-6));
    assertThat(graph.getLayer("bn").getParam("var").getDouble(0)).isCloseTo(1.1, within(1e-6));
    graph.fit(
        new DataSet(Nd4j.create(new float[][] {{1}, {3}}), Nd4j.create(new float[][] {{0}, {0}})));
    assertThat(graph.getLayer("bn").getParam("mean").getDouble(0)).isCloseTo(0.38, within(1e-6));
    assertThat(graph.getLayer("bn").getParam("var").getDouble(0)).isCloseTo(1.19, within(1e-6));
  }

  @Test
  void theNormalizationItselfTakesTheBiasedVariance() {
    // (1 − 2) / √(1 + 1e-5) and (3 − 2) / √(1 + 1e-5)
    ComputationGraph graph = normalization();
    graph.setInput(0, Nd4j.create(new float[][] {{1}, {3}}));
    INDArray normalized = graph.feedForward(true).get("bn");
    assertThat(normalized.toDoubleVector())
        .containsExactly(new double[] {-0.999995, 0.999995}, within(1e-6));
  }

  @Test
  void weightDecayIsAddedToTheGradientOfWeightsOnly() {
    // Input 0: the gradient of the weights is 0, and only decay moves them: w − 0.5 · (0.1 · w).
    Layers layers = new Layers(new Optimization(new Sgd(0.5), 0.1), 1);
    String x = layers.fullyConnected("fc", Layers.INPUT, 2);
    ComputationGraph graph = new ComputationGraph(layers.classifier(x, 2));
    graph.init();
    graph.getLayer("fc").getParam("W").assign(2);
    graph.fit(new DataSet(Nd4j.zeros(1, 3, 1, 1), Nd4j.create(new float[][] {{0.5f, 0.5f}})));
    assertThat(graph.getLayer("fc").getParam("W").getDouble(0)).isCloseTo(1.9, within(1e-6));
    assertThat(graph.getLayer("fc").getParam("b").getDouble(0)).isZero();
  }

  private static ComputationGraph normalization() {
    ComputationGraphConfiguration network =
        new NeuralNetConfiguration.Builder()
            .updater(new Sgd(0))
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(InputType.feedForward(1))
            .addLayer("bn", new Normalization(), "in")
            .addLayer(
                "out",
                new OutputLayer.Builder(LossFunction.MSE)
                    .nOut(1)
                    .activation(Activation.IDENTITY)
                    .build(),
                "bn")
            .setOutputs("out")
            .build();
    ComputationGraph graph = new ComputationGraph(network);
    graph.init();
    return graph;
  }
}
