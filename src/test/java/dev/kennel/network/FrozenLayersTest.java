package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
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

/** Training with parts of a network frozen. */
@Tag("arithmetic")
class FrozenLayersTest {
  private static final Nesterovs MOMENTUM = new Nesterovs(0.01, 0.9);
  private static final Computation DIRECT =
      new Computation(Precision.F32, ConvolutionAlgorithm.DIRECT);

  /** {@code src/test/resources/pytorch/make_frozen.py} made the file, in double precision. */
  @ParameterizedTest
  @CsvSource({
    "resnet18, true",
    "customcnn, true",
    "resfcn18, true",
    "resnet18, false",
    "customcnn, false"
  })
  void whatIsTrainedMovesAsInPytorch(String name, boolean onOneDnn) throws IOException {
    JsonNode pytorch;
    try (InputStream file = FrozenLayersTest.class.getResourceAsStream("/pytorch/frozen.json")) {
      pytorch = new ObjectMapper().readTree(file).get(name);
    }
    Arithmetic.useThreads(2);
    List<String> parts = new ArrayList<>();
    pytorch.get("frozen").forEach(part -> parts.add(part.asText()));
    int size = pytorch.get("image_size").asInt();
    int classes = pytorch.get("classes").asInt();
    Optimization how = new Optimization(MOMENTUM, 0);
    System.setProperty("kennel.onednn", String.valueOf(onOneDnn));
    LeanGraph graph;
    try {
      graph = graph(Network.of(name).configure(classes, size, how), DIRECT, parts);
    } finally {
      System.clearProperty("kennel.onednn");
    }
    Map<String, INDArray> before = start(graph, parts);
    graph.fit(batch(pytorch, size, classes));
    assertThat(graph.score()).isCloseTo(pytorch.get("loss").asDouble(), within(1e-5));
    double largest = 0;
    for (JsonNode update : pytorch.get("updates")) {
      largest = Math.max(largest, update.get("norm").asDouble());
    }
    for (Map.Entry<String, INDArray> entry : graph.paramTable().entrySet()) {
      INDArray moved = entry.getValue().sub(before.get(entry.getKey()));
      JsonNode expected = pytorch.get("updates").get(entry.getKey());
      if (expected == null) {
        assertThat(entry.getValue()).as(entry.getKey()).isEqualTo(before.get(entry.getKey()));
        continue;
      }
      // parameters are rounded to f32 after the step, which their difference shows
      double rounding = 1e-7 * entry.getValue().norm2Number().doubleValue() + 1e-6 * largest;
      double norm = expected.get("norm").asDouble();
      assertThat(moved.norm2Number().doubleValue())
          .as(entry.getKey())
          .isCloseTo(norm, within(1e-3 * norm + rounding));
    }
  }

  /** By the formulas of make_steps.py and make_frozen.py; a copy of what it gives. */
  private static Map<String, INDArray> start(LeanGraph graph, List<String> frozen) {
    Map<String, INDArray> values = new HashMap<>();
    graph
        .paramTable()
        .forEach(
            (name, parameter) -> {
              boolean isFrozen = frozen.contains(name.replaceFirst("[-_].*", ""));
              IntToDoubleFunction numbers = FormulaNumbers.of(name);
              float[] start = new float[(int) parameter.length()];
              for (int i = 0; i < start.length; i++) {
                start[i] = (float) start(name, parameter, isFrozen, numbers.applyAsDouble(i));
              }
              parameter.assign(Nd4j.create(start, parameter.shape(), parameter.ordering()));
              values.put(name, parameter.dup());
            });
    return values;
  }

  private static double start(String name, INDArray parameter, boolean isFrozen, double number) {
    return switch (name.substring(name.lastIndexOf('_') + 1)) {
      case "mean" -> isFrozen ? 0.1 * number : 0;
      case "var" -> isFrozen ? 1 + 0.5 * number : 1;
      case "gamma" -> 1 + 0.1 * number;
      case "W" -> {
        long outputs = parameter.rank() == 4 ? parameter.size(0) : parameter.size(1);
        yield Math.sqrt(6.0 / (parameter.length() / outputs)) * number;
      }
      default -> 0.1 * number;
    };
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
  @CsvSource({
    "resnet18, stem:stage1:stage3",
    "resfcn18, stage2",
    "customcnn, stage1:stage2:stage3:stage4:stage5:fc"
  })
  void stepsWithMomentumAndDecayLeaveFrozenPartsBitForBitAsTheyAre(String name, String frozen) {
    List<String> parts = List.of(frozen.split(":", -1));
    assertKeepsFrozen(graph(Network.of(name), MOMENTUM, Computation.DEFAULT, parts), parts);
  }

  @ParameterizedTest
  @CsvSource({"customcnn, 0", "resfcn18, 0.1"})
  void soDoTheOtherOptimizersClippedOrNot(String name, double clip) {
    List<String> parts = List.of("stage2", "stage4");
    for (IUpdater updater :
        List.of(
            new AdamW(new FixedSchedule(0.01), 0.9, 0.999, 1e-8),
            new Lars(new FixedSchedule(1), 0.9, 0.01))) {
      ComputationGraphConfiguration configuration =
          Network.of(name).configure(5, 32, new Optimization(updater, updater, 0.1, 0.1, 0.1));
      Set<String> frozen = Network.layers(configuration, parts);
      LeanGraph graph = new LeanGraph(configuration, Computation.DEFAULT, frozen, clip);
      graph.init();
      Initialization.initialize(graph, 3);
      assertKeepsFrozen(graph, parts);
    }
  }

  @Test
  void partsAreWhatIsBetweenTheImageAndTheClassifier() {
    assertThat(Network.RESNET50.parts())
        .containsExactly("stem", "stage1", "stage2", "stage3", "stage4");
    assertThat(Network.CUSTOMCNN.parts())
        .containsExactly("stage1", "stage2", "stage3", "stage4", "stage5", "fc");
  }

  @Test
  void theyDoSoInBf16() {
    List<String> parts = List.of("stage1", "stage3", "fc");
    LeanGraph graph;
    try {
      graph = graph(Network.CUSTOMCNN, MOMENTUM, Computation.in(Precision.BF16), parts);
    } catch (UnsupportedOperationException e) {
      assumeThat(false).as(e.getMessage()).isTrue();
      throw e;
    }
    assertKeepsFrozen(graph, parts);
  }

  private static void assertKeepsFrozen(LeanGraph graph, List<String> parts) {
    Map<String, float[]> before = floats(graph);
    graph.fit(FormulaBatch.of(8, 5, 32));
    graph.fit(FormulaBatch.of(5, 5, 32));
    floats(graph)
        .forEach(
            (name, after) -> {
              if (parts.contains(name.replaceFirst("[-_].*", ""))) {
                assertThat(after).as(name).isEqualTo(before.get(name));
              } else if (name.endsWith("W")) { // of some biases batch normalization leaves nothing
                assertThat(after).as(name).isNotEqualTo(before.get(name));
              }
            });
  }

  private static Map<String, float[]> floats(LeanGraph graph) {
    Map<String, float[]> floats = new HashMap<>();
    graph.paramTable().forEach((name, value) -> floats.put(name, value.dup().data().asFloat()));
    return floats;
  }

  /** With all below it frozen, only the classifier is left: a softmax regression on its input. */
  @Test
  void gradientsThatAreAskedForAreZeroWhereTheNetworkIsFrozen() {
    LeanGraph graph =
        graph(Network.CUSTOMCNN, MOMENTUM, Computation.DEFAULT, Network.CUSTOMCNN.parts());
    DataSet batch = FormulaBatch.of(8, 5, 32);
    INDArray answers = graph.outputSingle(batch.getFeatures());
    graph.setInput(0, batch.getFeatures());
    graph.setLabels(batch.getLabels());
    graph.computeGradientAndScore();
    assertThat(graph.gradient().gradientForVariable())
        .containsOnlyKeys("probabilities_W", "probabilities_b");
    assertThat(
            graph
                .gradient()
                .getGradientFor("probabilities_b")
                .equalsWithEps(answers.sub(batch.getLabels()).sum(true, 0), 1e-5))
        .isTrue();
    INDArray all = graph.gradient().gradient();
    double classifier =
        graph.gradient().getGradientFor("probabilities_W").norm2Number().doubleValue();
    double bias = graph.gradient().getGradientFor("probabilities_b").norm2Number().doubleValue();
    assertThat(all.norm2Number().doubleValue())
        .isCloseTo(Math.hypot(classifier, bias), within(1e-4));
  }

  @Test
  void aMethodThatWouldMoveThemIsRefused() {
    LeanGraph graph =
        graph(Network.CUSTOMCNN, new Adam(0.01), Computation.DEFAULT, List.of("stage1"));
    assertThatThrownBy(() -> graph.fit(FormulaBatch.of(4, 5, 32)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("Cannot train with frozen layers by another method than SGD");
  }

  @Test
  void theClassifierCannotBeFrozenNorWhatIsNotThere() {
    ComputationGraphConfiguration configuration =
        Network.CUSTOMCNN.configure(5, 32, new Optimization(MOMENTUM, 0));
    for (String layer : List.of("probabilities", "stem")) {
      assertThatThrownBy(() -> new LeanGraph(configuration, Computation.DEFAULT, Set.of(layer)))
          .hasMessageStartingWith("Cannot freeze [" + layer + "]: of [stage1-conv, ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adamw", "lars"})
  void theClassifierMayHaveALearningRateOfItsOwn(String method) {
    IUpdater rate = updater(method, 0.01);
    Optimization how = new Optimization(updater(method, 1e-30), rate, 0, 0, 0);
    LeanGraph own = graph(Network.CUSTOMCNN.configure(5, 32, how), DIRECT, List.of());
    LeanGraph common =
        graph(Network.CUSTOMCNN.configure(5, 32, new Optimization(rate, 0)), DIRECT, List.of());
    INDArray before = own.getParam("fc_W").dup();
    own.fit(FormulaBatch.of(8, 5, 32));
    common.fit(FormulaBatch.of(8, 5, 32));
    assertThat(own.getParam("probabilities_W")).isEqualTo(common.getParam("probabilities_W"));
    assertThat(own.getParam("fc_W")).isEqualTo(before);
    assertThat(common.getParam("fc_W")).isNotEqualTo(before);
  }

  private static IUpdater updater(String method, double rate) {
    return switch (method) {
      case "adamw" -> new AdamW(new FixedSchedule(rate), 0.9, 0.999, 1e-8);
      case "lars" -> new Lars(new FixedSchedule(rate), 0.9, 1);
      default -> new Nesterovs(rate, 0.9);
    };
  }

  private static LeanGraph graph(
      Network network, IUpdater updater, Computation how, List<String> frozen) {
    return graph(network.configure(5, 32, new Optimization(updater, 0.01)), how, frozen);
  }

  private static LeanGraph graph(
      ComputationGraphConfiguration configuration, Computation how, List<String> frozen) {
    LeanGraph graph = new LeanGraph(configuration, how, Network.layers(configuration, frozen));
    graph.init();
    Initialization.initialize(graph, 3);
    return graph;
  }
}
