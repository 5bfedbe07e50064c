package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.onednn.AdamW;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.ConvolutionAlgorithm;
import dev.kennel.onednn.Lars;
import dev.kennel.onednn.LeanGraph;
import dev.kennel.onednn.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Training by each optimizer, with decay by kinds of parameters, and with clipped gradients. */
@Tag("arithmetic")
class OptimizersTest {
  private static final Computation DIRECT =
      new Computation(Precision.F32, ConvolutionAlgorithm.DIRECT);

  /**
   * Three steps; {@code src/test/resources/pytorch/make_optimizers.py} made the file, in double
   * precision.
   */
  @ParameterizedTest
  @CsvSource({
    "customcnn, sgd, true",
    "customcnn, adamw, true",
    "customcnn, lars, true",
    "customcnn, clip, true",
    "perceptron, sgd, true",
    "perceptron, adamw, true",
    "perceptron, lars, true",
    "perceptron, clip, true",
    "customcnn, sgd, false",
    "perceptron, adamw, false",
    "perceptron, lars, false",
    "perceptron, clip, false"
  })
  void parametersMoveAsInPytorchAndThePaper(String name, String method, boolean onOneDnn)
      throws IOException {
    JsonNode expected;
    try (InputStream file = OptimizersTest.class.getResourceAsStream("/pytorch/optimizers.json")) {
      expected = new ObjectMapper().readTree(file).get(name);
    }
    Arithmetic.useThreads(2);
    int size = expected.get("image_size").asInt();
    int classes = expected.get("classes").asInt();
    System.setProperty("kennel.onednn", String.valueOf(onOneDnn));
    LeanGraph graph;
    try {
      graph =
          new LeanGraph(
              configuration(name, classes, size, how(method)),
              DIRECT,
              Set.of(),
              method.equals("clip") ? 0.5 : 0);
      graph.init();
    } finally {
      System.clearProperty("kennel.onednn");
    }
    Map<String, double[]> start = start(graph);
    for (JsonNode loss : expected.get(method).get("losses")) {
      graph.fit(batch(expected, size, classes));
      assertThat(graph.score())
          .isCloseTo(loss.asDouble(), within(1e-4 * Math.max(1, loss.asDouble())));
    }
    for (Map.Entry<String, JsonNode> tensor : expected.get(method).get("moved").properties()) {
      double[] before = start.get(tensor.getKey());
      double[] after = values(graph.getParam(tensor.getKey()));
      double square = 0;
      double rounding = 0; // of parameters to f32, in each step
      if (isCancelled(tensor.getKey())) {
        continue;
      }
      for (int i = 0; i < after.length; i++) {
        square += Math.pow(after[i] - before[i], 2);
        rounding += Math.pow(3 * Math.ulp((float) before[i]), 2);
      }
      double norm = tensor.getValue().get("norm").asDouble();
      assertThat(Math.sqrt(square))
          .as(tensor.getKey())
          .isCloseTo(norm, within(1e-3 * norm + Math.sqrt(rounding)));
      double largest = norm / Math.sqrt(after.length);
      for (int i = 0; i < 4; i++) {
        int at = (int) ((long) i * after.length / 4);
        assertThat(after[at] - before[at])
            .as(tensor.getKey() + " " + i)
            .isCloseTo(
                tensor.getValue().get("samples").get(i).asDouble(),
                within(1e-2 * largest + 3 * Math.ulp((float) Math.abs(before[at]))));
      }
    }
  }

  /** A bias before batch normalization, whose gradient is but rounding. */
  private static boolean isCancelled(String name) {
    return name.endsWith("-conv_b") || name.equals("fc1_b");
  }

  private static ComputationGraphConfiguration configuration(
      String network, int classes, int size, Optimization how) {
    if (!network.equals("perceptron")) {
      return Network.of(network).configure(classes, size, how);
    }
    Layers layers = new Layers(how, size);
    String x = layers.fullyConnected("fc1", Layers.INPUT, 384);
    x = layers.fullyConnectedRelu("fc2", layers.batchNormalizationRelu("fc1-bn", x), 96);
    return layers.classifier(x, classes);
  }

  private static Optimization how(String method) {
    return switch (method) {
      case "adamw" -> decaying(new AdamW(new FixedSchedule(0.002), 0.8, 0.99, 1e-4));
      case "lars" -> new Optimization(new Lars(new FixedSchedule(0.1), 0.9, 0.1), 0.05);
      default -> decaying(new Nesterovs(0.01, 0.9));
    };
  }

  private static Optimization decaying(IUpdater updater) {
    return new Optimization(updater, updater, 0.05, 0.02, 0.03);
  }

  /** By the formulas of make_steps.py; a copy of what it gives, in PyTorch's order. */
  private static Map<String, double[]> start(LeanGraph graph) {
    Map<String, double[]> values = new HashMap<>();
    graph
        .paramTable()
        .forEach(
            (name, parameter) -> {
              IntToDoubleFunction numbers = FormulaNumbers.of(name);
              float[] start = new float[(int) parameter.length()];
              for (int i = 0; i < start.length; i++) {
                start[i] = (float) start(name, parameter, numbers.applyAsDouble(i));
              }
              parameter.assign(Nd4j.create(start, parameter.shape(), parameter.ordering()));
              values.put(name, values(parameter));
            });
    return values;
  }

  private static double start(String name, INDArray parameter, double number) {
    return switch (name.substring(name.lastIndexOf('_') + 1)) {
      case "mean" -> 0;
      case "var" -> 1;
      case "gamma" -> 1 + 0.1 * number;
      case "W" -> {
        long outputs = parameter.rank() == 4 ? parameter.size(0) : parameter.size(1);
        yield Math.sqrt(6.0 / (parameter.length() / outputs)) * number;
      }
      default -> 0.1 * number;
    };
  }

  private static double[] values(INDArray parameter) {
    return Nd4j.toFlattened(parameter.ordering(), parameter).toDoubleVector();
  }

  private static DataSet batch(JsonNode pytorch, int size, int classes) {
    int images = pytorch.get("images").asInt();
    IntToDoubleFunction numbers = FormulaNumbers.of(pytorch.get("images_name").asText());
    float[] pixels = new float[images * 3 * size * size];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (Math.sqrt(3) * numbers.applyAsDouble(i));
    }
    INDArray labels = Nd4j.zeros(images, classes);
    for (int i = 0; i < images; i++) {
      labels.putScalar(i, i % classes, 1);
    }
    return new DataSet(Nd4j.create(pixels, new long[] {images, 3, size, size}, 'c'), labels);
  }

  @ParameterizedTest
  @CsvSource({"customcnn, sgd", "customcnn, adamw", "resfcn18, lars"})
  void aNormThatNoGradientReachesClipsNothing(String name, String method) {
    LeanGraph free = trained(Network.of(name), how(method), 0);
    LeanGraph clipped = trained(Network.of(name), how(method), 1e6);
    assertThat(clipped.params()).isEqualTo(free.params());
    assertThat(clipped.params().distance2(free.params())).isZero(); // bit for bit
  }

  /** The gradient's direction stays, and to SGD from rest its length is that of the first step. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClippedStepIsAShorterOneOfAllParameters(boolean onOneDnn) {
    Optimization how = new Optimization(new Nesterovs(0.1, 0), 0);
    System.setProperty("kennel.onednn", String.valueOf(onOneDnn));
    try {
      for (double norm : new double[] {0.25, 0.5}) {
        ComputationGraph before = graph(Network.CUSTOMCNN, how, 0);
        LeanGraph after = graph(Network.CUSTOMCNN, how, norm);
        after.fit(FormulaBatch.of(8, 5, 32));
        double square = 0;
        for (String name : after.paramTable().keySet()) {
          if (!name.endsWith("mean") && !name.endsWith("var")) {
            square += after.getParam(name).squaredDistance(before.getParam(name));
          }
        }
        assertThat(Math.sqrt(square)).isCloseTo(0.1 * norm, within(1e-4 * norm));
      }
    } finally {
      System.clearProperty("kennel.onednn");
    }
  }

  @Test
  void deeplearning4jsOwnGraphTrainsByAdamWAlike() {
    Optimization how = decaying(new AdamW(new FixedSchedule(0.001), 0.9, 0.99, 1e-4));
    ComputationGraphConfiguration configuration = Network.CUSTOMCNN.configure(5, 32, how);
    ComputationGraph stock = new ComputationGraph(configuration.clone());
    stock.init();
    Initialization.initialize(stock, 3);
    INDArray start = stock.params().dup();
    for (int step = 0; step < 3; step++) {
      stock.fit(FormulaBatch.of(8, 5, 32));
    }
    LeanGraph own = trained(Network.CUSTOMCNN, how, 0);
    double way = stock.params().distance2(start);
    assertThat(own.params().distance2(stock.params())).isLessThan(1e-3 * way);
    INDArray state = stock.getUpdater().getStateViewArray();
    assertThat(own.getUpdater().getStateViewArray().distance2(state))
        .isLessThan(1e-3 * state.norm2Number().doubleValue());
  }

  @Test
  void deeplearning4jsOwnGraphRefusesLars() {
    ComputationGraph stock = new ComputationGraph(Network.CUSTOMCNN.configure(5, 32, how("lars")));
    stock.init();
    assertThatThrownBy(() -> stock.fit(FormulaBatch.of(4, 5, 32)))
        .hasMessageStartingWith("Cannot train by LARS here");
  }

  @Test
  void aMethodThatCannotClipIsRefused() {
    LeanGraph graph = graph(Network.CUSTOMCNN, new Optimization(new Adam(0.01), 0), 1);
    assertThatThrownBy(() -> graph.fit(FormulaBatch.of(4, 5, 32)))
        .hasMessageStartingWith("Cannot clip gradients with another method than SGD");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adamw", "lars"})
  void aConfigurationIsTheSameAfterItsJson(String method) {
    ComputationGraphConfiguration configuration = Network.CUSTOMCNN.configure(5, 32, how(method));
    ComputationGraphConfiguration read =
        ComputationGraphConfiguration.fromJson(configuration.toJson());
    assertThat(read.toJson()).isEqualTo(configuration.toJson());
    LeanGraph original = new LeanGraph(configuration);
    LeanGraph again = new LeanGraph(read);
    for (LeanGraph graph : new LeanGraph[] {original, again}) {
      graph.init();
      Initialization.initialize(graph, 3);
      graph.fit(FormulaBatch.of(8, 5, 32));
    }
    assertThat(again.params()).isEqualTo(original.params());
    assertThat(again.getUpdater().getUpdaterBlocks())
        .hasSameSizeAs(original.getUpdater().getUpdaterBlocks());
  }

  private static LeanGraph trained(Network network, Optimization how, double clip) {
    LeanGraph graph = graph(network, how, clip);
    for (int step = 0; step < 3; step++) {
      graph.fit(FormulaBatch.of(8, 5, network == Network.RESFCN18 ? 8 : 32));
    }
    return graph;
  }

  private static LeanGraph graph(Network network, Optimization how, double clip) {
    int size = network == Network.RESFCN18 ? 8 : 32;
    LeanGraph graph = new LeanGraph(network.configure(5, size, how), DIRECT, Set.of(), clip);
    graph.init();
    Initialization.initialize(graph, 3);
    return graph;
  }
}
