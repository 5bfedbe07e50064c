package dev.kennel.onednn;

import static dev.kennel.onednn.LayerRun.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kennel.onednn.LayerRun.Way;
import dev.kennel.onednn.Reference.Convolving;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;

@Tag("arithmetic")
class ConvolutionTest {
  /** A convolution and the sizes it is tried on. */
  private record Case(
      int batch,
      int in,
      int out,
      int height,
      int width,
      int[] kernel,
      Convolving how,
      boolean bias) {
    @Override
    public String toString() {
      return "%d × %d × %d × %d → %d, kernel %s, stride %s, padding %s, dilation %s, groups %d, bias %s"
          .formatted(
              batch,
              in,
              height,
              width,
              out,
              Arrays.toString(kernel),
              Arrays.toString(how.stride()),
              Arrays.toString(how.padding()),
              Arrays.toString(how.dilation()),
              how.groups(),
              bias);
    }

    Convolution configuration() {
      Convolution layer =
          new Convolution(
              new ConvolutionLayer.Builder(kernel)
                  .nOut(out)
                  .stride(how.stride())
                  .padding(how.padding())
                  .dilation(how.dilation())
                  .convolutionMode(ConvolutionMode.Truncate)
                  .activation(new ActivationIdentity())
                  .hasBias(bias));
      layer.setGroups(how.groups());
      return layer;
    }

    LayerRun build(Way way, Tensor weights, Tensor biases) {
      LayerRun layer =
          LayerRun.build(way, configuration(), InputType.convolutional(height, width, in))
              .with("W", weights);
      return bias ? layer.with("b", biases) : layer;
    }
  }

  /** What the networks are made of, and odd sizes drawn at random. */
  private static Stream<Case> cases() {
    Stream<Case> named =
        Stream.of(
            square(2, 3, 64, 15, 7, 2, 3, 1, 1, false), // ResNet's stem
            square(2, 3, 64, 16, 7, 2, 3, 1, 1, false), // the same of an even side
            square(2, 3, 32, 12, 3, 2, 1, 1, 1, true),
            square(2, 1, 32, 12, 4, 3, 2, 1, 1, true),
            square(2, 2, 16, 12, 2, 2, 0, 1, 1, false),
            square(2, 32, 32, 9, 3, 1, 1, 1, 1, false),
            square(3, 16, 32, 10, 3, 2, 1, 1, 1, false),
            square(2, 32, 64, 7, 1, 1, 0, 1, 1, false), // bottleneck
            square(2, 32, 64, 8, 1, 2, 0, 1, 1, false), // shortcut
            square(2, 3, 32, 9, 1, 3, 0, 1, 1, true),
            square(2, 64, 64, 2, 3, 1, 1, 1, 1, false), // the last stage of small images
            square(2, 64, 64, 1, 3, 1, 1, 1, 1, false),
            square(2, 128, 128, 6, 3, 1, 1, 1, 32, false), // ResNeXt
            square(2, 32, 32, 9, 3, 1, 2, 2, 1, false), // dilated
            square(2, 3, 32, 8, 3, 1, 1, 1, 1, true), // CustomCNN's first
            square(3, 32, 64, 2, 3, 1, 1, 1, 1, false), // fewer pixels than taps
            square(3, 16, 24, 2, 3, 1, 1, 1, 1, true),
            square(2, 16, 32, 4, 3, 2, 1, 1, 1, false),
            square(2, 16, 32, 2, 5, 1, 2, 1, 1, false),
            square(2, 16, 32, 3, 3, 1, 4, 4, 1, false), // taps that meet no pixel but one
            square(1, 32, 32, 32, 3, 1, 1, 1, 1, false),
            square(8, 32, 32, 8, 3, 1, 1, 1, 1, true), // Winograd with AVX-512
            square(11, 16, 48, 7, 3, 1, 1, 1, 1, false)); // the same, tiles over the edge
    return Stream.concat(named, IntStream.range(0, 40).mapToObj(ConvolutionTest::draw));
  }

  private static Case square(
      int batch,
      int in,
      int out,
      int size,
      int kernel,
      int stride,
      int padding,
      int dilation,
      int groups,
      boolean bias) {
    Convolving how =
        new Convolving(
            new int[] {stride, stride},
            new int[] {padding, padding},
            new int[] {dilation, dilation},
            groups);
    return new Case(batch, in, out, size, size, new int[] {kernel, kernel}, how, bias);
  }

  private static Case draw(int seed) {
    Random random = new Random(seed);
    int groups = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
    int[] widths = {1, 2, 3, 5, 8, 16, 24, 32};
    int in = groups * widths[random.nextInt(widths.length)];
    int out = groups * widths[random.nextInt(widths.length)];
    int[] kernel = {1 + random.nextInt(4), 1 + random.nextInt(4)};
    int[] stride = {1 + random.nextInt(3), 1 + random.nextInt(3)};
    int[] dilation = {1 + random.nextInt(2), 1 + random.nextInt(2)};
    int[] reach = {dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)};
    int[] padding = {random.nextInt(reach[0] + 1), random.nextInt(reach[1] + 1)};
    int height = Math.max(1, reach[0] + 1 - 2 * padding[0]) + random.nextInt(9);
    int width = Math.max(1, reach[1] + 1 - 2 * padding[1]) + random.nextInt(9);
    Convolving how = new Convolving(stride, padding, dilation, groups);
    return new Case(
        1 + random.nextInt(3), in, out, height, width, kernel, how, random.nextBoolean());
  }

  private static Stream<org.junit.jupiter.params.provider.Arguments> bothWays() {
    return cases()
        .flatMap(
            example ->
                Stream.of(Way.values())
                    .map(way -> org.junit.jupiter.params.provider.Arguments.of(way, example)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("bothWays")
  void outputAndGradientsAreThoseOfTheReference(Way way, Case example) {
    Random random = new Random(example.toString().hashCode());
    Convolving how = example.how;
    Tensor x = Tensor.random(random, example.batch, example.in, example.height, example.width);
    Tensor w =
        Tensor.random(
            random, example.out, example.in / how.groups(), example.kernel[0], example.kernel[1]);
    Tensor bias =
        example.bias ? Tensor.random(random, 1, example.out) : Tensor.zeros(1, example.out);

    LayerRun layer = example.build(way, w, bias);
    Tensor y = how.forward(x, w, bias.values());
    boolean blocked = way == Way.ONEDNN && example.in % OneDnn.block() == 0;
    assertClose(
        "output", layer.forward(true, blocked ? blocked(x, DataType.FLOAT) : x.toArray()), y);

    Tensor dy = Tensor.random(random, y.shape());
    layer.backward(dy);
    assertClose("weights' gradient", layer.gradient("W"), how.weightGradient(x, w, dy));
    assertClose("input's gradient", layer.inputGradient(), how.inputGradient(x, w, dy));
    if (example.bias) {
      assertClose("bias' gradient", layer.gradient("b"), Reference.channelSums(dy));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void inBf16AllButTheRoundingOfTheirResultsIsThatOfTheReference(Case example) {
    assumeThat(OneDnn.computesBf16()).isTrue();
    Random random = new Random(example.toString().hashCode());
    Convolving how = example.how;
    Tensor x = Tensor.coarse(random, example.batch, example.in, example.height, example.width);
    Tensor w =
        Tensor.coarse(
            random, example.out, example.in / how.groups(), example.kernel[0], example.kernel[1]);
    Tensor bias =
        example.bias ? Tensor.coarse(random, 1, example.out) : Tensor.zeros(1, example.out);
    LayerRun layer = example.build(Way.ONEDNN, w, bias).in(Precision.BF16);
    Tensor y = how.forward(x, w, bias.values());
    double rounding = 1.0 / 256; // half of the last of 8 bits
    assertClose("output", layer.forward(true, blocked(x, DataType.BFLOAT16)), y, rounding);

    Tensor dy = Tensor.coarse(random, y.shape());
    layer.backward(dy);
    assertClose("weights' gradient", layer.gradient("W"), how.weightGradient(x, w, dy));
    assertClose("input's gradient", layer.inputGradient(), how.inputGradient(x, w, dy), rounding);
    if (example.bias) {
      assertClose("bias' gradient", layer.gradient("b"), Reference.channelSums(dy));
    }
  }

  private static org.nd4j.linalg.api.ndarray.INDArray blocked(Tensor x, DataType type) {
    int[] s = x.shape();
    return x.toArrayLike(
        org.nd4j.linalg.factory.Nd4j.create(type, Layout.shape(type, s[0], s[1], s[2], s[3]), 'c'));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void batchesOfDifferentSizesFollowEachOther(Way way) {
    Case example = square(2, 16, 16, 6, 3, 1, 1, 1, 1, false);
    Random random = new Random(1);
    Tensor w = Tensor.random(random, 16, 16, 3, 3);
    LayerRun layer =
        LayerRun.build(way, example.configuration(), InputType.convolutional(6, 6, 16))
            .with("W", w);
    for (int batch : new int[] {2, 5, 2, 1}) {
      Tensor x = Tensor.random(random, batch, 16, 6, 6);
      Tensor y = example.how.forward(x, w, new double[16]);
      Tensor dy = Tensor.random(random, y.shape());
      assertClose("output", layer.forward(true, x), y);
      assertClose(
          "weights' gradient",
          layer.backward(dy).gradient("W"),
          example.how.weightGradient(x, w, dy));
    }
  }

  @Test
  void winogradIsTriedWhereItSavesMoreThanTheTransformedWeightsCost() {
    ConvolutionAlgorithm auto = ConvolutionAlgorithm.AUTO;
    assertThat(auto.triesWinograd(new long[] {32, 64, 4, 4})).isTrue(); // 32 tiles
    assertThat(auto.triesWinograd(new long[] {31, 64, 4, 4})).isFalse();
    assertThat(auto.triesWinograd(new long[] {8, 64, 5, 7})).isTrue(); // 8 · 2 · 2 tiles
    assertThat(auto.triesWinograd(new long[] {64, 512, 2, 2})).isFalse(); // less than a tile
    assertThat(ConvolutionAlgorithm.DIRECT.triesWinograd(new long[] {32, 64, 56, 56})).isFalse();
  }

  @Test
  void theFirstLayerOfANetworkHasNoGradientOfItsInput() {
    Case example = square(1, 3, 16, 6, 3, 1, 1, 1, 1, false);
    Convolution configuration = example.configuration();
    configuration.setFirst(true);
    LayerRun layer = LayerRun.build(Way.ONEDNN, configuration, InputType.convolutional(6, 6, 3));
    Tensor y = layer.forward(true, Tensor.random(new Random(1), 1, 3, 6, 6));
    assertThat(layer.backward(y).hasInputGradient()).isFalse();
  }

  @Test
  void groupsThatDoNotDivideTheChannelsAreRefused() {
    Case example = square(1, 6, 4, 6, 3, 1, 1, 1, 4, false);
    assertThatThrownBy(
            () ->
                LayerRun.build(
                    Way.ONEDNN, example.configuration(), InputType.convolutional(6, 6, 6)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot divide the 6 input and 4 output channels of tested into 4 groups");
  }
}
