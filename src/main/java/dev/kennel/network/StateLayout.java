package dev.kennel.network;

import dev.kennel.weights.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * The names that PyTorch gives a network's parameters and running statistics, and their shapes:
 * torchvision's for ResNet ({@code layer1.0.conv1.weight}), those of {@code fc1}, {@code blocks}
 * and {@code fc2} for ResFCN18, of {@code features} and {@code classifier} for CustomCNN. Known
 * from the configuration alone: no memory is taken.
 */
public final class StateLayout {
  /** Of each batch normalization, beside what a graph holds. */
  static final String BATCHES = "num_batches_tracked";

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
  private final int[] blocks;
  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();

  private StateLayout(Network network, int[] blocks) {
    this.network = network;
    this.blocks = blocks;
  }

  /** Of a configuration of that network. */
  public static StateLayout of(Network network, ComputationGraphConfiguration graph) {
    StateLayout layout = new StateLayout(network, blocks(graph));
    graph
        .getVertices()
        .forEach(
            (name, vertex) -> {
              if (vertex instanceof LayerVertex of) {
                Layer layer = of.getLayerConf().getLayer();
                for (String key : layer.initializer().paramKeys(layer)) {
                  layout.shapes.put(layout.name(name, key), shape(layer, key));
                }
              }
            });
    return layout;
  }

  /** Names and shapes, as PyTorch has them; without the numbers of batches. */
  public Map<String, List<Long>> shapes() {
    return Collections.unmodifiableMap(shapes);
  }

  /** PyTorch's name of a layer's parameter. */
  String name(String layer, String key) {
    return module(layer) + "." + PARAMETERS.get(key);
  }

  private static List<Long> shape(Layer layer, String key) {
    FeedForwardLayer of = (FeedForwardLayer) layer;
    if (layer instanceof BatchNormalization || key.equals("b")) {
      return List.of(of.getNOut());
    }
    if (layer instanceof ConvolutionLayer convolution) { // of groups, the inputs of one
      int[] kernel = convolution.getKernelSize();
      return List.of(of.getNOut(), of.getNIn(), (long) kernel[0], (long) kernel[1]);
    }
    return List.of(of.getNOut(), of.getNIn());
  }

  /** Blocks of each stage of a ResNet, by the stage's number. */
  private static int[] blocks(ComputationGraphConfiguration graph) {
    int[] blocks = new int[6];
    for (String layer : graph.getVertices().keySet()) {
      Matcher name = BLOCK.matcher(layer);
      if (name.matches() && name.group("block") != null) {
        int stage = Integer.parseInt(name.group("stage"));
        blocks[stage] = Math.max(blocks[stage], Integer.parseInt(name.group("block")));
      }
    }
    return blocks; // the last block has the stage's own name and is not counted
  }

  /** PyTorch's name of a layer's module. */
  String module(String layer) {
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

  /**
   * Checks that a file's tensors can be given to the network.
   *
   * @return the names of the classifier's, if it is of another number of classes; else none
   * @throws IOException if names or shapes are others, with a list
   */
  public List<String> check(Map<String, Tensor> tensors) throws IOException {
    List<String> faults = new ArrayList<>();
    List<String> replaced = new ArrayList<>();
    TreeSet<String> missing = new TreeSet<>(shapes.keySet());
    missing.removeAll(tensors.keySet());
    TreeSet<String> unknown = new TreeSet<>(tensors.keySet());
    unknown.removeAll(shapes.keySet());
    unknown.removeIf(name -> name.endsWith("." + BATCHES));
    name("lacks", missing, faults);
    name("has unknown", unknown, faults);
    List<String> others = new ArrayList<>();
    shapes.forEach(
        (name, shape) -> {
          List<Long> has = tensors.containsKey(name) ? tensors.get(name).shape() : shape;
          if (!has.equals(shape)) {
            if (isClassifier(name) && differInFirst(has, shape)) {
              replaced.add(name);
            } else {
              others.add("%s of %s for %s".formatted(name, has, shape));
            }
          }
        });
    if (replaced.size() == 1) { // weights and biases of different numbers of classes
      String name = replaced.get(0);
      others.add("%s of %s for %s".formatted(name, tensors.get(name).shape(), shapes.get(name)));
    }
    name("has other shapes:", others, faults);
    if (!faults.isEmpty()) {
      throw new IOException(
          "its tensors are not those of %s: it %s"
              .formatted(network.title(), String.join("; it ", faults)));
    }
    return replaced;
  }

  /** How many classes the classifier of a file tells apart that was checked. */
  public long classes(Map<String, Tensor> tensors) {
    return tensors.get(module(Layers.OUTPUT) + ".bias").shape().get(0);
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
    String classifier = module(Layers.OUTPUT);
    return name.equals(classifier + ".weight") || name.equals(classifier + ".bias");
  }

  private static boolean differInFirst(List<Long> a, List<Long> b) {
    return a.size() == b.size() && a.subList(1, a.size()).equals(b.subList(1, b.size()));
  }
}
