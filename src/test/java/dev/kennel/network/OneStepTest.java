package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.ConvolutionAlgorithm;
import dev.kennel.onednn.LeanGraph;
import dev.kennel.onednn.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.UpdaterBlock.ParamState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * One training step of whole networks does what PyTorch's does. What it should do is PyTorch's step
 * in float64; how far rounding may lead from it, PyTorch's in float32 and bfloat16 say, on a few
 * batches because on one alone it is chance. {@code src/test/resources/pytorch/make_steps.py} gives
 * the formulas that both begin with, and made the files.
 */
@Tag("arithmetic")
class OneStepTest {
  private static final double ROUNDING = 2.4e-7; // in f32: two to four units in the last place

  /** How far a step is from the one in float64, relatively. */
  private record Deviation(double loss, double norms, double largestNorm, double samples) {
    /** Of norms and samples the root of the mean square over the tensors, and the largest. */
    static Deviation of(JsonNode step, JsonNode exact) {
      double largest = 0;
      for (JsonNode tensor : exact.get("updates")) {
        largest = Math.max(largest, tensor.get("norm").asDouble());
      }
      List<Double> norms = new ArrayList<>();
      List<Double> samples = new ArrayList<>();
      for (Map.Entry<String, JsonNode> tensor : exact.get("updates").properties()) {
        double norm = tensor.getValue().get("norm").asDouble();
        JsonNode found = step.get("updates").get(tensor.getKey());
        assertThat(found).as(tensor.getKey()).isNotNull();
        if (norm < 1e-9 * largest) { // a bias that batch normalization cancels: rounding alone
          assertThat(found.get("norm").asDouble()).as(tensor.getKey()).isLessThan(largest);
          continue;
        }
        norms.add(found.get("norm").asDouble() / norm - 1);
        double apart = distance(found.get("samples"), tensor.getValue().get("samples"));
        if (Double.isFinite(apart)) { // else all of them are 0 but for rounding
          samples.add(apart);
        }
      }
      double loss = step.get("loss").asDouble() / exact.get("loss").asDouble() - 1;
      return new Deviation(
          Math.abs(loss),
          rootMeanSquare(norms),
          norms.stream().mapToDouble(Math::abs).max().orElseThrow(),
          rootMeanSquare(samples));
    }

    /** The mean of each; of squares it would be what the farthest batch has. */
    static Deviation mean(List<Deviation> of) {
      return new Deviation(
          of.stream().mapToDouble(Deviation::loss).average().orElseThrow(),
          of.stream().mapToDouble(Deviation::norms).average().orElseThrow(),
          of.stream().mapToDouble(Deviation::largestNorm).average().orElseThrow(),
          of.stream().mapToDouble(Deviation::samples).average().orElseThrow());
    }

    void assertWithin(double factor, Deviation pytorchs) {
      assertThat(loss).as("loss").isLessThan(Math.max(ROUNDING, factor * pytorchs.loss));
      assertThat(norms).as("norms of updates").isLessThan(factor * pytorchs.norms);
      assertThat(largestNorm).as("largest").isLessThan(factor * pytorchs.largestNorm);
      assertThat(samples).as("elements of updates").isLessThan(factor * pytorchs.samples);
    }

    private static double distance(JsonNode found, JsonNode exact) {
      double apart = 0;
      double size = 0;
      for (int i = 0; i < exact.size(); i++) {
        apart += Math.pow(found.get(i).asDouble() - exact.get(i).asDouble(), 2);
        size += Math.pow(exact.get(i).asDouble(), 2);
      }
      return Math.sqrt(apart / size);
    }

    private static double rootMeanSquare(List<Double> values) {
      return Math.sqrt(values.stream().mapToDouble(v -> v * v).average().orElseThrow());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "resnet50", "customcnn", "resfcn18"})
  void byDirectConvolutionInF32(String network) throws IOException {
    assertStepsLikePytorch(network, Precision.F32, ConvolutionAlgorithm.DIRECT, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "resnet50", "customcnn"})
  void byTheFasterConvolutionInF32(String network) throws IOException {
    assertStepsLikePytorch(network, Precision.F32, ConvolutionAlgorithm.AUTO, 10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "resnet50", "customcnn", "resfcn18"})
  void inBf16(String network) throws IOException {
    assertStepsLikePytorch(network, Precision.BF16, ConvolutionAlgorithm.AUTO, 1.5);
  }

  private static void assertStepsLikePytorch(
      String network, Precision precision, ConvolutionAlgorithm convolution, double factor)
      throws IOException {
    JsonNode pytorch = read(network);
    LeanGraph graph = graph(network, pytorch, new Computation(precision, convolution));
    INDArray start = graph.params().dup();
    List<Deviation> own = new ArrayList<>();
    List<Deviation> peers = new ArrayList<>();
    for (JsonNode batch : pytorch.get("steps")) {
      graph.setParams(start);
      graph.getUpdater().getStateViewArray().assign(0);
      JsonNode exact = batch.get("f64");
      String images = batch.get("images_name").asText();
      own.add(Deviation.of(step(graph, pytorch, images), exact));
      batch.get(precision.title()).forEach(step -> peers.add(Deviation.of(step, exact)));
    }
    Deviation.mean(own).assertWithin(factor, Deviation.mean(peers));
  }

  private static JsonNode read(String network) throws IOException {
    try (InputStream file =
        OneStepTest.class.getResourceAsStream("/pytorch/" + network + ".json")) {
      return new ObjectMapper().readTree(file);
    }
  }

  private static LeanGraph graph(String network, JsonNode pytorch, Computation how) {
    Arithmetic.useThreads(2);
    LeanGraph graph;
    try {
      graph =
          new LeanGraph(
              Network.of(network)
                  .configure(
                      pytorch.get("classes").asInt(),
                      pytorch.get("image_size").asInt(),
                      new Optimization(new Nesterovs(0.01, 0.9), 0)),
              how);
    } catch (UnsupportedOperationException e) {
      assumeThat(false).as(e.getMessage()).isTrue();
      throw e;
    }
    graph.init();
    graph
        .paramTable()
        .forEach(
            (name, parameter) -> {
              float[] values = new float[(int) parameter.length()];
              IntToDoubleFunction numbers = FormulaNumbers.of(name);
              DoubleUnaryOperator start = start(name, parameter);
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) start.applyAsDouble(numbers.applyAsDouble(i));
              }
              // Fully connected weights are [in, out] here, with the first index running fastest.
              parameter.assign(Nd4j.create(values, parameter.shape(), parameter.ordering()));
            });
    return graph;
  }

  /** What a parameter begins with, by a number from the formula. */
  private static DoubleUnaryOperator start(String name, INDArray parameter) {
    return switch (name.substring(name.lastIndexOf('_') + 1)) {
      case "mean" -> number -> 0;
      case "var" -> number -> 1;
      case "gamma" -> number -> 1 + 0.1 * number;
      case "W" -> {
        long outputs = parameter.rank() == 4 ? parameter.size(0) : parameter.size(1);
        double scale = Math.sqrt(6.0 / (parameter.length() / outputs));
        yield number -> scale * number;
      }
      default -> number -> 0.1 * number;
    };
  }

  /** The step's loss and updates, as the files have them. */
  private static JsonNode step(LeanGraph graph, JsonNode pytorch, String batch) {
    Map<String, float[]> before = values(graph);
    int size = pytorch.get("image_size").asInt();
    int images = pytorch.get("images").asInt();
    int classes = pytorch.get("classes").asInt();
    float[] pixels = new float[images * 3 * size * size];
    IntToDoubleFunction numbers = FormulaNumbers.of(batch);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (Math.sqrt(3) * numbers.applyAsDouble(i));
    }
    INDArray labels = Nd4j.zeros(images, classes);
    for (int i = 0; i < images; i++) {
      labels.putScalar(i, i % classes, 1);
    }
    graph.fit(new DataSet(Nd4j.create(pixels, new long[] {images, 3, size, size}, 'c'), labels));
    Map<String, float[]> velocities = velocities(graph);
    Map<String, Object> updates = new HashMap<>();
    values(graph)
        .forEach(
            (name, after) -> {
              float[] start = before.get(name);
              float[] velocity = velocities.get(name); // null: a running statistic
              double[] update = new double[after.length];
              double square = 0;
              int astray = 0;
              for (int i = 0; i < after.length; i++) {
                double moved = (double) after[i] - start[i];
                // The parameter moves by (1 + momentum) times the velocity, rounded to f32.
                update[i] = velocity == null ? moved : 1.9 * velocity[i];
                double magnitude = Math.max(Math.abs(after[i]), Math.abs(start[i]));
                if (Math.abs(moved - update[i]) > ROUNDING * magnitude) {
                  astray++;
                }
                square += update[i] * update[i];
              }
              assertThat(astray).as(name).isZero();
              double[] samples = new double[4];
              for (int i = 0; i < samples.length; i++) {
                samples[i] = update[(int) ((long) i * update.length / samples.length)];
              }
              updates.put(name, Map.of("norm", Math.sqrt(square), "samples", samples));
            });
    return new ObjectMapper().valueToTree(Map.of("loss", graph.score(), "updates", updates));
  }

  /** Of every parameter that has one, in PyTorch's order. */
  private static Map<String, float[]> velocities(LeanGraph graph) {
    Map<String, float[]> velocities = new HashMap<>();
    for (UpdaterBlock block : graph.getUpdater().getUpdaterBlocks()) {
      if (block.getUpdaterView() != null) {
        float[] state = floats(block.getUpdaterView().dup());
        int from = 0;
        for (ParamState parameter : block.getLayersAndVariablesInBlock()) {
          int to = from + (int) parameter.getParamView().length();
          String layer = parameter.getLayer().getConfig().getLayerName();
          velocities.put(
              layer + "_" + parameter.getParamName(), Arrays.copyOfRange(state, from, to));
          from = to;
        }
      }
    }
    return velocities;
  }

  /** Every parameter in PyTorch's order. */
  private static Map<String, float[]> values(LeanGraph graph) {
    Map<String, float[]> values = new HashMap<>();
    graph
        .paramTable()
        .forEach(
            (name, parameter) ->
                values.put(name, floats(Nd4j.toFlattened(parameter.ordering(), parameter))));
    return values;
  }

  /** Of an array that is no view: at once, where toFloatVector asks for every element. */
  private static float[] floats(INDArray array) {
    float[] values = new float[(int) array.length()];
    array.data().asNioFloat().get(values);
    return values;
  }
}
