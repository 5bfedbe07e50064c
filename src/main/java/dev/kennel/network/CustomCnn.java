package dev.kennel.network;

import dev.kennel.config.UserError;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.layers.PoolingType;

/**
 * Five blocks of convolution, batch normalization, ReLU and 2×2 average pooling, then two fully
 * connected layers. Made for 32 × 32 images, which it reduces to 1 × 1; it takes any size from
 * there.
 */
final class CustomCnn {
  private final Optimization how;

  CustomCnn(Optimization how) {
    this.how = how;
  }

  ComputationGraphConfiguration configure(int classes, int imageSize) {
    if (imageSize < 32) {
      throw new UserError(
          "Cannot build customcnn for images of "
              + imageSize
              + " px: its five poolings halve the side five times; use 32 px or more");
    }
    Layers layers = new Layers(how, imageSize);
    String x = Layers.INPUT;
    int stage = 0;
    for (int channels : new int[] {32, 64, 128, 256, 512}) {
      String name = "stage" + ++stage;
      x = layers.convolution(name + "-conv", x, 3, channels, 1, 1, 1, true);
      x = layers.batchNormalizationRelu(name + "-bn", x);
      x = layers.pooling(name, x, PoolingType.AVG, 2, 2, 0);
    }
    return layers.classifier(layers.fullyConnectedRelu("fc", x, 256), classes);
  }
}
