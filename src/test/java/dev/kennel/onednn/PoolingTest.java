package dev.kennel.onednn;

import static dev.kennel.onednn.LayerRun.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.onednn.LayerRun.Way;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("arithmetic")
class PoolingTest {
  /** ResNet's, CustomCNN's, and windows drawn at random; both ways. */
  private static Stream<Arguments> cases() {
    Stream<Arguments> named =
        Stream.of(
            Arguments.of(pooling(true, 3, 2, 1), new int[] {2, 64, 9, 8}),
            Arguments.of(pooling(false, 2, 2, 0), new int[] {2, 32, 8, 8}),
            Arguments.of(pooling(false, 2, 2, 0), new int[] {2, 32, 7, 5}));
    return Stream.concat(named, IntStream.range(0, 20).mapToObj(PoolingTest::draw))
        .flatMap(
            example ->
                Stream.of(Way.values())
                    .map(way -> Arguments.of(way, example.get()[0], example.get()[1])));
  }

  private static Reference.Pooling pooling(boolean max, int kernel, int stride, int padding) {
    return new Reference.Pooling(
        max,
        false,
        new int[] {kernel, kernel},
        new int[] {stride, stride},
        new int[] {padding, padding});
  }

  private static Arguments draw(int seed) {
    Random random = new Random(seed);
    boolean max = random.nextBoolean();
    int[] kernel = {1 + random.nextInt(3), 1 + random.nextInt(3)};
    int[] stride = {1 + random.nextInt(3), 1 + random.nextInt(3)};
    int[] padding = max ? new int[] {kernel[0] / 2, kernel[1] / 2} : new int[] {0, 0};
    int[] shape = {
      1 + random.nextInt(3),
      new int[] {1, 3, 8, 16, 32}[random.nextInt(5)],
      kernel[0] + random.nextInt(8),
      kernel[1] + random.nextInt(8)
    };
    return Arguments.of(new Reference.Pooling(max, false, kernel, stride, padding), shape);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputAndGradientAreThoseOfTheReference(Way way, Reference.Pooling pooling, int[] shape) {
    Random random = new Random(Arrays.hashCode(shape));
    Pooling configuration =
        new Pooling(
            new SubsamplingLayer.Builder(pooling.max() ? PoolingType.MAX : PoolingType.AVG)
                .kernelSize(pooling.kernel())
                .stride(pooling.stride())
                .padding(pooling.padding())
                .convolutionMode(ConvolutionMode.Truncate));
    Tensor x = Tensor.random(random, shape);
    LayerRun layer = LayerRun.build(way, configuration, image(shape));
    Tensor y = pooling.forward(x);
    assertClose("output", layer.forward(true, x), y);
    Tensor dy = Tensor.random(random, y.shape());
    assertClose("gradient", layer.backward(dy).inputGradient(), pooling.backward(x, dy));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void paddingCountsInTheMeanWhereItIsAskedFor(Way way) {
    // 2 4 with a zero on each side, by threes: (0 + 2 + 4) / 3 and (2 + 4 + 0) / 3, not / 2
    Pooling configuration =
        new Pooling(
            new SubsamplingLayer.Builder(PoolingType.AVG)
                .kernelSize(1, 3)
                .stride(1, 1)
                .padding(0, 1)
                .convolutionMode(ConvolutionMode.Truncate)
                .avgPoolIncludePadInDivisor(true));
    LayerRun layer = LayerRun.build(way, configuration, InputType.convolutional(1, 2, 1));
    Tensor x = new Tensor(new int[] {1, 1, 1, 2}, new double[] {2, 4});
    assertThat(layer.forward(true, x).values()).containsExactly(2, 2);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void globalAveragePoolingIsTheMeanOfEachChannel(Way way) {
    for (int[] shape : new int[][] {{2, 3, 4, 5}, {2, 32, 7, 7}, {3, 16, 1, 1}, {1, 64, 2, 3}}) {
      Tensor x = Tensor.random(new Random(1), shape);
      LayerRun layer = LayerRun.build(way, new GlobalAveragePooling(), image(shape));
      Tensor pooled = layer.forward(true, x);
      assertThat(pooled.shape()).containsExactly(shape[0], shape[1]);
      var reference =
          new Reference.Pooling(
              false, false, new int[] {shape[2], shape[3]}, new int[] {1, 1}, new int[] {0, 0});
      assertClose("output", pooled, reference.forward(x));
      Tensor dy = Tensor.random(new Random(2), shape[0], shape[1], 1, 1);
      assertClose(
          "gradient",
          layer.backward(new Tensor(new int[] {shape[0], shape[1]}, dy.values())).inputGradient(),
          reference.backward(x, dy));
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void featurePoolingIsTheMeanOfThreeNeighboursWithAZeroAtTheEnds(Way way) {
    // (0 + 1 + 2) / 3, (2 + 3 + 4) / 3, (4 + 5 + 6) / 3; odd: … (4 + 5 + 0) / 3
    LayerRun even = LayerRun.build(way, new FeaturePooling(), InputType.feedForward(6));
    assertClose(
        "even",
        even.forward(true, new Tensor(new int[] {1, 6}, new double[] {1, 2, 3, 4, 5, 6})),
        new Tensor(new int[] {1, 3}, new double[] {1, 3, 5}));
    LayerRun odd = LayerRun.build(way, new FeaturePooling(), InputType.feedForward(5));
    assertClose(
        "odd",
        odd.forward(true, new Tensor(new int[] {1, 5}, new double[] {1, 2, 3, 4, 5})),
        new Tensor(new int[] {1, 3}, new double[] {1, 3, 3}));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void theGradientOfFeaturePoolingGoesToAllThreeNeighbours(Way way) {
    for (int n : new int[] {2, 3, 8, 16, 33}) {
      var reference =
          new Reference.Pooling(false, true, new int[] {1, 3}, new int[] {1, 2}, new int[] {0, 1});
      Tensor rows = Tensor.random(new Random(n), 4, n);
      Tensor images = new Tensor(new int[] {4, 1, 1, n}, rows.values());
      LayerRun layer = LayerRun.build(way, new FeaturePooling(), InputType.feedForward(n));
      Tensor y = layer.forward(true, rows);
      assertClose("output", y, reference.forward(images));
      Tensor dy = Tensor.random(new Random(n + 1), y.shape());
      assertClose(
          "gradient",
          layer.backward(dy).inputGradient(),
          reference.backward(images, new Tensor(new int[] {4, 1, 1, (n + 1) / 2}, dy.values())));
    }
  }

  private static InputType image(int[] shape) {
    return InputType.convolutional(shape[2], shape[3], shape[1]);
  }
}
