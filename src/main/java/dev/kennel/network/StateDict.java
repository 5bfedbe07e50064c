package dev.kennel.network;

import dev.kennel.weights.NewTensor;
import dev.kennel.weights.Tensor;
import dev.kennel.weights.WeightFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph's parameters and running statistics by the names that PyTorch gives them: torchvision's
 * for ResNet ({@code layer1.0.conv1.weight}), those of {@code fc1}, {@code blocks} and {@code fc2}
 * for ResFCN18, of {@code features} and {@code classifier} for CustomCNN. They lie in memory in
 * PyTorch's order too, so nothing is turned about: weights of convolutions as [out, in, height,
 * width], of fully connected layers as [out, in].
 */
public final class StateDict {
  /** Of each batch normalization, beside what a graph holds. */
  private static final String BATCHES = "num_batches_tracked";

  private static final Pattern BLOCK =
      Pattern.compile("stage(?<stage>[1-5])(?:-block(?<block>\\d+))?(?:-(?<part>.+))?");

  private static final Map<String, String> PARAMETERS =
      Map.of(
          "W", "weight",
          "b", "bias",
          "gamma", "weight",
          "beta", "bias",
          "mean", "running_mean",
          "var", "running_var");

  private static final int SHOWN = 5; // names in a message

  private final Network network;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, String> modules = new LinkedHashMap<>(); // by the layer's name
  private final List<String> normalizations = new ArrayList<>();

  /** An array of the graph, with PyTorch's shape. */
  private record Parameter(INDArray values, List<Long> shape) {}

  private StateDict(Network network) {
    this.network = network;
  }

  /** Of an initialized graph of that network. */
  public static StateDict of(Network network, ComputationGraph graph) {
    StateDict dict = new StateDict(network);
    int[] blocks = dict.blocks(graph);
    for (Layer layer : graph.getLayers()) {
      Map<String, INDArray> table = layer.paramTable();
      if (table.isEmpty()) {
        continue;
      }
      String module = dict.module(layer.conf().getLayer().getLayerName(), blocks);
      dict.modules.put(layer.conf().getLayer().getLayerName(), module);
      boolean isNormalization = layer.conf().getLayer() instanceof BatchNormalization;
      table.forEach(
          (key, values) ->
              dict.parameters.put(
                  module + "." + PARAMETERS.get(key),
                  new Parameter(values, shape(key, values, isNormalization))));
      if (isNormalization) {
        dict.normalizations.add(module);
      }
    }
    return dict;
  }

  /** Blocks of each stage of a ResNet, by the stage's number. */
  private int[] blocks(ComputationGraph graph) {
    int[] blocks = new int[6];
    for (Layer layer : graph.getLayers()) {
      Matcher name = BLOCK.matcher(layer.conf().getLayer().getLayerName());
      if (name.matches() && name.group("block") != null) {
        int stage = Integer.parseInt(name.group("stage"));
        blocks[stage] = Math.max(blocks[stage], Integer.parseInt(name.group("block")));
      }
    }
    return blocks; // the last block has the stage's own name and is not counted
  }

  /** PyTorch's name of a layer's module. */
  private String module(String layer, int[] blocks) {
    Matcher name = BLOCK.matcher(layer);
    if (!name.matches()) {
      return switch (network) {
        case RESNET18, RESNET34, RESNET50 ->
            switch (layer) {
              case "stem-conv" -> "conv1";
              case "stem-bn" -> "bn1";
              case Layers.OUTPUT -> "fc";
              default -> throw unknown(layer);
            };
        case RESFCN18 ->
            switch (layer) {
              case "stem-fc" -> "fc1";
              case "stem-fc-bn" -> "bn1";
              case Layers.OUTPUT -> "fc2";
              default -> throw unknown(layer);
            };
        case CUSTOMCNN ->
            switch (layer) {
              case "fc" -> "classifier.0";
              case Layers.OUTPUT -> "classifier.2";
              default -> throw unknown(layer);
            };
      };
    }
    int stage = Integer.parseInt(name.group("stage"));
    String block = name.group("block");
    int index = block == null ? blocks[stage] : Integer.parseInt(block) - 1;
    String part = name.group("part");
    return switch (network) {
      case RESNET18, RESNET34, RESNET50 -> "layer%d.%d.%s".formatted(stage, index, part(part));
      case RESFCN18 -> "blocks.%d.%s".formatted(2 * (stage - 1) + index, part(part));
      case CUSTOMCNN -> "features.%d".formatted(4 * (stage - 1) + (part.equals("bn") ? 1 : 0));
    };
  }

  /** {@code conv1-bn} is {@code bn1}, a shortcut's convolution the first of {@code downsample}. */
  private static String part(String part) {
    return switch (part) {
      case "shortcut" -> "downsample.0";
      case "shortcut-bn" -> "downsample.1";
      default -> part.endsWith("-bn") ? "bn" + part.charAt(part.length() - 4) : part;
    };
  }

  private IllegalStateException unknown(String layer) {
    return new IllegalStateException(network.title() + " has an unknown layer " + layer);
  }

  private static List<Long> shape(String key, INDArray values, boolean isNormalization) {
    if (isNormalization || key.equals("b")) {
      return List.of(values.length());
    }
    return values.rank() == 2 // held as [in, out], the first index running fastest
        ? List.of(values.size(1), values.size(0))
        : List.of(values.size(0), values.size(1), values.size(2), values.size(3));
  }

  /**
   * PyTorch's name of the module that a layer is, such as {@code layer1.0.conv1}, whose parameters
   * are named {@code layer1.0.conv1.weight} and so on.
   *
   * @throws IllegalArgumentException if no layer of that name has parameters
   */
  public String module(String layer) {
    if (!modules.containsKey(layer)) {
      throw new IllegalArgumentException(
          "Cannot name the parameters of " + layer + ": there is no such layer that has any");
    }
    return modules.get(layer);
  }

  /** Names and shapes, as PyTorch has them; without the numbers of batches. */
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> shapes.put(name, parameter.shape));
    return shapes;
  }

  /** All tensors to be written, with a number of batches for each batch normalization: 0. */
  public List<NewTensor> tensors() {
    List<NewTensor> tensors = new ArrayList<>();
    parameters.forEach(
        (name, parameter) ->
            tensors.add(
                NewTensor.floats(
                    name,
                    parameter.shape,
                    (at, to) -> to.put(NativeArray.piece(parameter.values, at, to.remaining())))));
    normalizations.forEach(module -> tensors.add(NewTensor.number(module + "." + BATCHES, 0)));
    return tensors;
  }

  /**
   * Gives the graph the values of a file. A classifier of another number of classes is left as it
   * is, and so are numbers of batches, which a graph has not.
   *
   * @return the names of the classifier's tensors that were left; else none
   * @throws IOException if the file's names or shapes are others, with a list; the graph is
   *     unchanged then
   */
  public List<String> load(WeightFile file) throws IOException {
    List<String> replaced = check(file.tensors());
    for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
      if (!replaced.contains(entry.getKey())) {
        INDArray values = entry.getValue().values;
        long[] at = {0};
        file.read(
            file.tensors().get(entry.getKey()),
            piece -> {
              int length = piece.remaining();
              NativeArray.piece(values, at[0], length).put(piece);
              at[0] += length;
            });
      }
    }
    return replaced;
  }

  private List<String> check(Map<String, Tensor> tensors) throws IOException {
    List<String> faults = new ArrayList<>();
    List<String> replaced = new ArrayList<>();
    TreeSet<String> missing = new TreeSet<>(parameters.keySet());
    missing.removeAll(tensors.keySet());
    TreeSet<String> unknown = new TreeSet<>(tensors.keySet());
    unknown.removeAll(parameters.keySet());
    unknown.removeIf(name -> name.endsWith("." + BATCHES));
    name("lacks", missing, faults);
    name("has unknown", unknown, faults);
    List<String> others = new ArrayList<>();
    parameters.forEach(
        (name, parameter) -> {
          List<Long> has = tensors.containsKey(name) ? tensors.get(name).shape() : parameter.shape;
          if (!has.equals(parameter.shape)) {
            if (isClassifier(name) && differInFirst(has, parameter.shape)) {
              replaced.add(name);
            } else {
              others.add("%s of %s for %s".formatted(name, has, parameter.shape));
            }
          }
        });
    name("has other shapes:", others, faults);
    if (!faults.isEmpty()) {
      throw new IOException(
          "its tensors are not those of %s: it %s"
              .formatted(network.title(), String.join("; it ", faults)));
    }
    return replaced;
  }

  private static void name(String fault, Iterable<String> names, List<String> faults) {
    List<String> all = new ArrayList<>();
    names.forEach(all::add);
    if (!all.isEmpty()) {
      String shown = String.join(", ", all.subList(0, Math.min(SHOWN, all.size())));
      String more = all.size() > SHOWN ? " and %d more".formatted(all.size() - SHOWN) : "";
      faults.add(fault + " " + shown + more);
    }
  }

  private boolean isClassifier(String name) {
    String classifier = module(Layers.OUTPUT, new int[6]);
    return name.equals(classifier + ".weight") || name.equals(classifier + ".bias");
  }

  private static boolean differInFirst(List<Long> a, List<Long> b) {
    return a.size() == b.size() && a.subList(1, a.size()).equals(b.subList(1, b.size()));
  }
}
