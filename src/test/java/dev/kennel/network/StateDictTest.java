package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.ConvolutionAlgorithm;
import dev.kennel.onednn.LeanGraph;
import dev.kennel.onednn.Precision;
import dev.kennel.weights.NewTensor;
import dev.kennel.weights.WeightFile;
import dev.kennel.weights.WeightFormat;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Against what PyTorch names, shapes and answers: {@code
 * src/test/resources/pytorch/make_logits.py}.
 */
class StateDictTest {
  private static final int CLASSES = 10;
  private static final String BATCHES = ".num_batches_tracked";

  @TempDir private Path folder;

  private static JsonNode pytorch(String network) throws IOException {
    try (InputStream file = StateDictTest.class.getResourceAsStream("/pytorch/logits.json")) {
      return new ObjectMapper().readTree(file).get(network);
    }
  }

  private static Map<String, List<Long>> shapes(JsonNode pytorch) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    pytorch
        .get("shapes")
        .fields()
        .forEachRemaining(
            entry -> {
              List<Long> shape = new ArrayList<>();
              entry.getValue().forEach(length -> shape.add(length.asLong()));
              shapes.put(entry.getKey(), shape);
            });
    return shapes;
  }

  /** A graph that answers logits, all of whose parameters are 0. */
  private static ComputationGraph graph(Network network, int classes, int size) {
    ComputationGraphConfiguration configuration =
        network.configure(classes, size, Optimization.NONE);
    LayerVertex last = (LayerVertex) configuration.getVertices().get(Layers.OUTPUT);
    ((BaseLayer) last.getLayerConf().getLayer()).setActivationFn(new ActivationIdentity());
    ComputationGraph graph =
        new LeanGraph(configuration, new Computation(Precision.F32, ConvolutionAlgorithm.DIRECT));
    graph.init();
    return graph;
  }

  private Path write(List<NewTensor> tensors) throws IOException {
    Path path = folder.resolve("network.pth");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
      WeightFormat.PTH.write(tensors, Map.of(), out);
    }
    return path;
  }

  private static NewTensor formula(String name, List<Long> shape) {
    if (name.endsWith(BATCHES)) {
      return NewTensor.number(name, 0);
    }
    boolean isVariance = name.endsWith("running_var");
    boolean isWeight = name.endsWith("weight");
    long fanIn = shape.stream().skip(1).reduce(1L, (a, b) -> a * b);
    double offset = isVariance || (isWeight && shape.size() == 1) ? 1 : 0;
    double scale = isVariance ? 0.5 : isWeight && shape.size() > 1 ? Math.sqrt(6.0 / fanIn) : 0.1;
    IntToDoubleFunction numbers = FormulaNumbers.of(name);
    return NewTensor.floats(
        name,
        shape,
        (at, to) -> {
          for (int i = (int) at; to.hasRemaining(); i++) {
            to.put((float) (offset + scale * numbers.applyAsDouble(i)));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "resnet34", "resnet50", "customcnn", "resfcn18"})
  void aNetworkWithPytorchsParametersAnswersAsPytorchDoes(String name) throws IOException {
    JsonNode pytorch = pytorch(name);
    int size = pytorch.get("image_size").asInt();
    Map<String, List<Long>> shapes = shapes(pytorch);
    Network network = Network.of(name);
    ComputationGraph graph = graph(network, CLASSES, size);
    StateDict dict = StateDict.of(network, graph);
    Map<String, List<Long>> withoutBatches = new LinkedHashMap<>(shapes);
    withoutBatches.keySet().removeIf(key -> key.endsWith(BATCHES));
    assertThat(dict.shapes()).containsExactlyInAnyOrderEntriesOf(withoutBatches);
    assertThat(dict.tensors())
        .extracting(NewTensor::name)
        .containsExactlyInAnyOrderElementsOf(shapes.keySet());
    List<NewTensor> tensors = new ArrayList<>();
    shapes.forEach((key, shape) -> tensors.add(formula(key, shape)));
    try (WeightFile file = WeightFile.open(write(tensors))) {
      assertThat(dict.load(file)).isEmpty();
    }

    float[] pixels = new float[2 * 3 * size * size];
    IntToDoubleFunction numbers = FormulaNumbers.of("image");
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (Math.sqrt(3) * numbers.applyAsDouble(i));
    }
    INDArray images = Nd4j.create(pixels, new long[] {2, 3, size, size}, 'c');
    float[] logits = graph.outputSingle(images).dup('c').data().asFloat();

    double farthest = 0;
    for (int i = 0; i < logits.length; i++) {
      farthest = Math.max(farthest, Math.abs(logits[i] - pytorch.get("logits").get(i).asDouble()));
    }
    assertThat(logits).hasSize(2 * CLASSES);
    assertThat(farthest).isLessThan(4 * pytorch.get("error").asDouble()); // of 20, some by chance
  }

  @Test
  void whatIsWrittenOfAGraphGivesAnotherTheSameParameters() throws IOException {
    ComputationGraph from = graph(Network.CUSTOMCNN, 3, 32);
    Initialization.initialize(from, 7);
    ComputationGraph to = graph(Network.CUSTOMCNN, 3, 32);
    assertThat(to.params()).isNotEqualTo(from.params());

    try (WeightFile file =
        WeightFile.open(write(StateDict.of(Network.CUSTOMCNN, from).tensors()))) {
      assertThat(StateDict.of(Network.CUSTOMCNN, to).load(file)).isEmpty();
    }

    assertThat(to.params()).isEqualTo(from.params());
  }

  @Test
  void aClassifierOfOtherClassesIsLeftAsItIs() throws IOException {
    ComputationGraph from = graph(Network.CUSTOMCNN, 5, 32);
    Initialization.initialize(from, 7);
    ComputationGraph to = graph(Network.CUSTOMCNN, 3, 32);
    Initialization.initialize(to, 8);
    INDArray classifier = to.getLayer(Layers.OUTPUT).params().dup();

    try (WeightFile file =
        WeightFile.open(write(StateDict.of(Network.CUSTOMCNN, from).tensors()))) {
      assertThat(StateDict.of(Network.CUSTOMCNN, to).load(file))
          .containsExactlyInAnyOrder("classifier.2.weight", "classifier.2.bias");
    }

    assertThat(to.getLayer(Layers.OUTPUT).params()).isEqualTo(classifier);
    assertThat(to.getLayer("fc").params()).isEqualTo(from.getLayer("fc").params());
  }

  @Test
  void namesAndShapesThatDoNotFitAreListedAndNothingIsLoaded() throws IOException {
    ComputationGraph graph = graph(Network.CUSTOMCNN, 3, 32);
    Initialization.initialize(graph, 7);
    INDArray before = graph.params().dup();
    StateDict dict = StateDict.of(Network.CUSTOMCNN, graph);
    List<NewTensor> tensors = new ArrayList<>(dict.tensors());
    tensors.removeIf(tensor -> tensor.name().startsWith("features.0."));
    tensors.removeIf(tensor -> tensor.name().equals("features.4.bias"));
    tensors.add(NewTensor.floats("features.4.bias", List.of(65L), (at, to) -> fill(to)));
    tensors.add(NewTensor.floats("conv1.weight", List.of(1L), (at, to) -> fill(to)));

    try (WeightFile file = WeightFile.open(write(tensors))) {
      assertThatThrownBy(() -> dict.load(file))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "its tensors are not those of customcnn: it lacks features.0.bias,"
                  + " features.0.weight; it has unknown conv1.weight;"
                  + " it has other shapes: features.4.bias of [65] for [64]");
    }

    assertThat(graph.params()).isEqualTo(before);
  }

  private static void fill(FloatBuffer to) {
    while (to.hasRemaining()) {
      to.put(1);
    }
  }
}
