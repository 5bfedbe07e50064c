package dev.kennel.network;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/**
 * 18 fully connected layers with residual connections: ResNet18's skeleton with every convolution
 * made a fully connected layer, and every change of resolution an average pooling over the
 * features. "FCN" means fully connected here, not fully convolutional (Long et al. 2015).
 * 457,204,680 parameters at 192 px and 120 classes, nearly all of them in the first layer.
 */
final class ResFcn18 {
  private final Optimization how;
  private Layers layers;

  ResFcn18(Optimization how) {
    this.how = how;
  }

  ComputationGraphConfiguration configure(int classes, int imageSize) {
    layers = new Layers(how, imageSize);
    String x = stem(Layers.INPUT);
    x = stage(1, x, 2048);
    x = stage(2, x, 512);
    x = stage(3, x, 128);
    x = stage(4, x, 32);
    return layers.classifier(x, classes);
  }

  private String stem(String image) {
    String x = fullyConnectedRelu("stem-fc", image, 4096); // of the image as [batch, 3 · size²]
    return layers.featurePooling("stem", x);
  }

  /** Two blocks: n → n / 2 → n / 4 features. */
  private String stage(int number, String input, int n) {
    String x = block("stage" + number + "-block1", input, n);
    return block("stage" + number, x, n / 2);
  }

  private String block(String name, String input, int n) {
    String x = fullyConnectedRelu(name + "-fc1", input, n / 2);
    x = layers.fullyConnected(name + "-fc2", x, n / 2);
    x = layers.batchNormalization(name + "-fc2-bn", x);
    return layers.addRelu(name, x, layers.featurePooling(name + "-shortcut", input));
  }

  /** Fully connected, batch normalization, ReLU. */
  private String fullyConnectedRelu(String name, String input, int units) {
    String x = layers.fullyConnected(name, input, units);
    return layers.batchNormalizationRelu(name + "-bn", x);
  }
}
