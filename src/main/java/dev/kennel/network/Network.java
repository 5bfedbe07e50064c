package dev.kennel.network;

import dev.kennel.config.NearestName;
import dev.kennel.config.UserError;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/**
 * The networks that can be trained. Each takes RGB images of shape [batch, 3, size, size] and
 * answers with class probabilities of shape [batch, classes].
 */
public enum Network {
  /** ResNet with 18 layers (He et al. 2015, arXiv 1512.03385), as torchvision builds it. */
  RESNET18("resnet18"),
  /** ResNet with 34 layers. */
  RESNET34("resnet34"),
  /** ResNet with 50 layers, of bottleneck blocks. */
  RESNET50("resnet50"),
  /**
   * 18 fully connected layers with residual connections: a multilayer perceptron, not a fully
   * <i>convolutional</i> network (Long et al. 2015).
   */
  RESFCN18("resfcn18"),
  /** Five convolution blocks and two fully connected layers. */
  CUSTOMCNN("customcnn");

  private final String title;

  Network(String title) {
    this.title = title;
  }

  /** The name that users type and tables hold, such as {@code resnet18}. */
  public String title() {
    return title;
  }

  /**
   * Whether it takes images of any size, whatever it was configured for: its convolutions end in a
   * mean over the whole image.
   */
  public boolean takesAnySize() {
    return this == RESNET18 || this == RESNET34 || this == RESNET50;
  }

  /**
   * The network of that name.
   *
   * @throws UserError if there is none; the message names the nearest one
   */
  public static Network of(String title) {
    List<String> titles = Arrays.stream(values()).map(Network::title).toList();
    return Arrays.stream(values())
        .filter(network -> network.title.equals(title))
        .findFirst()
        .orElseThrow(() -> new UserError(NearestName.message("network", title, titles)));
  }

  /**
   * Its parts from the image on, without the classifier, by what the names of their layers begin
   * with: {@code stem}, {@code stage1} and so on.
   */
  public List<String> parts() {
    return configure(2, 32, Optimization.NONE).getVertices().entrySet().stream()
        .filter(entry -> entry.getValue().numParams(false) > 0)
        .map(Map.Entry::getKey)
        .filter(layer -> !layer.equals(Layers.OUTPUT))
        .map(Network::part)
        .distinct()
        .toList();
  }

  /** The names of those layers of a configuration that are in one of the parts. */
  public static Set<String> layers(
      ComputationGraphConfiguration configuration, Collection<String> parts) {
    return configuration.getVertices().keySet().stream()
        .filter(layer -> parts.contains(part(layer)))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String part(String layer) {
    return layer.replaceFirst("-.*", "");
  }

  /** How big it is for that many classes and images of {@code imageSize} × {@code imageSize}. */
  public NetworkSize size(int classes, int imageSize) {
    return NetworkSize.of(configure(classes, imageSize, Optimization.NONE), imageSize);
  }

  /**
   * The configuration for that many classes and images of {@code imageSize} × {@code imageSize}.
   */
  public ComputationGraphConfiguration configure(int classes, int imageSize, Optimization how) {
    return switch (this) {
      case RESNET18 -> ResNet.basic(2, 2, 2, 2).configure(classes, imageSize, how);
      case RESNET34 -> ResNet.basic(3, 4, 6, 3).configure(classes, imageSize, how);
      case RESNET50 -> ResNet.bottleneck(3, 4, 6, 3).configure(classes, imageSize, how);
      case RESFCN18 -> new ResFcn18(how).configure(classes, imageSize);
      case CUSTOMCNN -> new CustomCnn(how).configure(classes, imageSize);
    };
  }
}
