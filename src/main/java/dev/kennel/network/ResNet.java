package dev.kennel.network;

import java.util.Collections;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.layers.PoolingType;

/**
 * ResNet (He et al. 2015, "Deep Residual Learning for Image Recognition", arXiv 1512.03385) in
 * torchvision's form: a bottleneck's 3×3 convolution carries the stride. With groups and a width
 * per group it is ResNeXt (arXiv 1611.05431) or Wide ResNet (arXiv 1605.07146).
 *
 * @param bottleneck three-layer blocks of expansion 4 rather than two-layer blocks
 * @param blocks blocks of each of the four stages
 * @param zeroInitResidual starts the last batch normalization of each branch at weight 0, so that
 *     each block begins as the identity (arXiv 1706.02677)
 * @param groups of the 3×3 convolution of a bottleneck
 * @param widthPerGroup channels a group has in the first stage; 64 for plain ResNet
 * @param replaceStrideWithDilation for stages 2, 3 and 4: keep the resolution and dilate instead
 */
record ResNet(
    boolean bottleneck,
    List<Integer> blocks,
    boolean zeroInitResidual,
    int groups,
    int widthPerGroup,
    List<Boolean> replaceStrideWithDilation) {

  private static final List<Boolean> NO_DILATION = List.of(false, false, false);

  ResNet {
    if (blocks.size() != 4 || Collections.min(blocks) < 1) {
      throw new IllegalArgumentException(
          "Cannot build a ResNet of stages " + blocks + ": it has four, each of one block or more");
    }
    if (replaceStrideWithDilation.size() != 3) {
      throw new IllegalArgumentException(
          "Cannot build a ResNet with replaceStrideWithDilation "
              + replaceStrideWithDilation
              + ": it holds three values, for stages 2, 3 and 4");
    }
    if (!bottleneck && (groups != 1 || widthPerGroup != 64)) {
      throw new IllegalArgumentException(
          "Cannot build a ResNet of basic blocks with groups "
              + groups
              + " and width per group "
              + widthPerGroup
              + ": basic blocks take only 1 and 64; use bottlenecks");
    }
    if (!bottleneck && replaceStrideWithDilation.contains(true)) {
      throw new IllegalArgumentException(
          "Cannot build a ResNet of basic blocks with dilation: basic blocks take only 1; use bottlenecks");
    }
    if (groups < 1 || widthPerGroup < 1) {
      throw new IllegalArgumentException(
          "Cannot build a ResNet with groups "
              + groups
              + " and width per group "
              + widthPerGroup
              + ": both start at 1");
    }
    blocks = List.copyOf(blocks);
    replaceStrideWithDilation = List.copyOf(replaceStrideWithDilation);
  }

  /** Blocks of two 3×3 convolutions: {@code basic(2, 2, 2, 2)} is ResNet18. */
  static ResNet basic(Integer... blocks) {
    return new ResNet(false, List.of(blocks), false, 1, 64, NO_DILATION);
  }

  /** Blocks of 1×1, 3×3 and 1×1 convolutions: {@code bottleneck(3, 4, 6, 3)} is ResNet50. */
  static ResNet bottleneck(Integer... blocks) {
    return new ResNet(true, List.of(blocks), false, 1, 64, NO_DILATION);
  }

  ComputationGraphConfiguration configure(int classes, int imageSize, Optimization how) {
    return new Builder(new Layers(how, imageSize)).build(classes);
  }

  /** Adds the layers from the image to the classifier; knows how far it has come. */
  private final class Builder {
    private final Layers layers;
    private int channelsIn = 64; // of the next block
    private int dilation = 1;

    Builder(Layers layers) {
      this.layers = layers;
    }

    ComputationGraphConfiguration build(int classes) {
      String x = stem(Layers.INPUT);
      x = stage(1, x, 64, 1, false);
      x = stage(2, x, 128, 2, replaceStrideWithDilation.get(0));
      x = stage(3, x, 256, 2, replaceStrideWithDilation.get(1));
      x = stage(4, x, 512, 2, replaceStrideWithDilation.get(2));
      return layers.classifier(layers.globalAveragePooling("pool", x), classes);
    }

    private String stem(String image) {
      String x = layers.convolution("stem-conv", image, 7, 64, 2);
      x = layers.batchNormalizationRelu("stem-bn", x);
      return layers.pooling("stem", x, PoolingType.MAX, 3, 2, 1);
    }

    private String stage(int number, String input, int channels, int stride, boolean dilate) {
      int firstDilation = dilation;
      if (dilate) {
        dilation *= stride;
      }
      String x = input;
      for (int i = 1; i <= blocks.get(number - 1); i++) {
        String name =
            i == blocks.get(number - 1) ? "stage" + number : "stage" + number + "-block" + i;
        int blockStride = i == 1 && !dilate ? stride : 1;
        x =
            bottleneck
                ? bottleneckBlock(name, x, channels, blockStride, i == 1 ? firstDilation : dilation)
                : basicBlock(name, x, channels, blockStride);
      }
      return x;
    }

    private String basicBlock(String name, String input, int channels, int stride) {
      String shortcut = shortcut(name, input, channels, stride);
      String x = convolutionRelu(name + "-conv1", input, 3, channels, stride, 1, 1);
      x = layers.convolution(name + "-conv2", x, 3, channels, 1);
      x = layers.batchNormalization(name + "-conv2-bn", x, lastGamma());
      return layers.addRelu(name, x, shortcut);
    }

    private String bottleneckBlock(
        String name, String input, int channels, int stride, int blockDilation) {
      String shortcut = shortcut(name, input, 4 * channels, stride);
      int width = channels * widthPerGroup / 64 * groups;
      String x = convolutionRelu(name + "-conv1", input, 1, width, 1, 1, 1);
      x = convolutionRelu(name + "-conv2", x, 3, width, stride, blockDilation, groups);
      x = layers.convolution(name + "-conv3", x, 1, 4 * channels, 1);
      x = layers.batchNormalization(name + "-conv3-bn", x, lastGamma());
      return layers.addRelu(name, x, shortcut);
    }

    /** The block's input, brought to its output's shape where the two differ. */
    private String shortcut(String name, String input, int channelsOut, int stride) {
      if (stride == 1 && channelsIn == channelsOut) {
        return input;
      }
      channelsIn = channelsOut;
      String x = layers.convolution(name + "-shortcut", input, 1, channelsOut, stride);
      return layers.batchNormalization(name + "-shortcut-bn", x);
    }

    /** Convolution, batch normalization, ReLU; no bias: the normalization would cancel it. */
    private String convolutionRelu(
        String name, String input, int kernel, int channels, int stride, int dilation, int groups) {
      String x = layers.convolution(name, input, kernel, channels, stride, dilation, groups, false);
      return layers.batchNormalizationRelu(name + "-bn", x);
    }

    private double lastGamma() {
      return zeroInitResidual ? 0 : 1;
    }
  }
}
