package dev.kennel.onednn;

import static dev.kennel.onednn.LayerRun.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kennel.onednn.LayerRun.Way;
import dev.kennel.onednn.Reference.Normalizing;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Tag("arithmetic")
class NormalizationTest {
  private static final int[][] SHAPES = {
    {2, 3, 4, 5}, {3, 16, 5, 3}, {2, 32, 1, 1}, {4, 24, 7, 2}, {32, 64, 2, 2}, {8, 5}, {32, 1024}
  };

  private static Stream<Arguments> cases() {
    return Arrays.stream(SHAPES)
        .flatMap(
            shape ->
                Stream.of(Way.values())
                    .flatMap(
                        way -> Stream.of(true, false).map(relu -> Arguments.of(way, shape, relu))));
  }

  @ParameterizedTest(name = "{0}, ReLU {2}: {1}")
  @MethodSource("cases")
  void outputGradientsAndRunningStatisticsAreThoseOfTheReference(
      Way way, int[] shape, boolean relu) {
    Random random = new Random(Arrays.hashCode(shape));
    Tensor x = Tensor.random(random, shape);
    Tensor gamma = Tensor.random(random, 1, shape[1]);
    Tensor beta = Tensor.random(random, 1, shape[1]);
    Tensor mean = Tensor.random(random, 1, shape[1]);
    Tensor variance =
        new Tensor(
            new int[] {1, shape[1]},
            IntStream.range(0, shape[1]).mapToDouble(c -> 0.5 + 0.25 * (c % 4)).toArray());
    Normalizing reference = new Normalizing(x, gamma.values(), beta.values(), relu);
    LayerRun layer =
        LayerRun.build(way, configuration(relu), input(shape))
            .with("gamma", gamma)
            .with("beta", beta)
            .with("mean", mean)
            .with("var", variance);

    Tensor y = reference.forward();
    assertClose("output in training", layer.forward(true, x), y);
    Tensor dy = Tensor.random(random, shape);
    layer.backward(dy);
    Tensor[] gradients = reference.backward(dy);
    assertClose("input's gradient", layer.inputGradient(), gradients[0]);
    assertClose("gamma's gradient", layer.gradient("gamma"), gradients[1]);
    assertClose("beta's gradient", layer.gradient("beta"), gradients[2]);

    // Subtracted, these steps are PyTorch's: 0.9 · running + 0.1 · batch, its variance unbiased.
    double n = reference.examples();
    assertClose("mean's step", layer.gradient("mean"), step(mean, reference.mean(), 1));
    assertClose(
        "variance's step",
        layer.gradient("var"),
        step(variance, reference.variance(), n / (n - 1)));

    assertClose(
        "output in inference",
        layer.forward(false, x),
        reference.forward(mean.values(), variance.values()));
  }

  /** Running statistics are constants: the gradient passes with the factor γ / √(variance + ε). */
  @ParameterizedTest(name = "{0}, ReLU {2}: {1}")
  @MethodSource("cases")
  void aFrozenOneNormalizesByRunningStatisticsAndOnlyHandsTheGradientOn(
      Way way, int[] shape, boolean relu) {
    Random random = new Random(Arrays.hashCode(shape));
    Tensor x = Tensor.random(random, shape);
    Tensor gamma = Tensor.random(random, 1, shape[1]);
    Tensor beta = Tensor.random(random, 1, shape[1]);
    Tensor mean = Tensor.random(random, 1, shape[1]);
    Tensor variance = Tensor.zeros(1, shape[1]);
    Arrays.setAll(variance.values(), c -> 0.5 + 0.25 * (c % 4));
    LayerRun layer =
        LayerRun.build(way, configuration(relu), input(shape))
            .with("gamma", gamma)
            .with("beta", beta)
            .with("mean", mean)
            .with("var", variance)
            .frozen();
    Tensor y =
        new Normalizing(x, gamma.values(), beta.values(), relu)
            .forward(mean.values(), variance.values());
    assertClose("output in training", layer.forward(true, x), y);
    Tensor dy = Tensor.random(random, shape);
    layer.backward(dy);
    Tensor dx = Tensor.zeros(shape);
    int plane = dx.values().length / shape[0] / shape[1];
    for (int i = 0; i < dx.values().length; i++) {
      int c = i / plane % shape[1];
      double factor = gamma.values()[c] / Math.sqrt(variance.values()[c] + 1e-5);
      dx.values()[i] = relu && y.values()[i] <= 0 ? 0 : factor * dy.values()[i];
    }
    assertClose("input's gradient", layer.inputGradient(), dx);
    assertThat(layer.hasGradients()).isFalse();
  }

  /** As a convolution before it leaves them; in plain order oneDNN runs other code. */
  @ParameterizedTest(name = "ReLU {0}")
  @ValueSource(booleans = {true, false})
  void blockedImagesAreNormalizedLikePlainOnes(boolean relu) {
    assumeThat(OneDnn.isAvailable()).isTrue();
    int[] shape = {4, 32, 7, 5};
    Random random = new Random(11);
    Tensor x = Tensor.random(random, shape);
    Tensor gamma = Tensor.random(random, 1, shape[1]);
    Tensor beta = Tensor.random(random, 1, shape[1]);
    Normalizing reference = new Normalizing(x, gamma.values(), beta.values(), relu);
    LayerRun layer =
        LayerRun.build(Way.ONEDNN, configuration(relu), input(shape))
            .with("gamma", gamma)
            .with("beta", beta);
    INDArray blocked = x.toArrayLike(Nd4j.create(Layout.shape(DataType.FLOAT, 4, 32, 7, 5)));
    assertThat(blocked.rank()).isEqualTo(5);
    assertClose("output", layer.forward(true, blocked), reference.forward());
    Tensor dy = Tensor.random(random, shape);
    layer.backward(dy);
    Tensor[] gradients = reference.backward(dy);
    assertClose("input's gradient", layer.inputGradient(), gradients[0]);
    assertClose("gamma's gradient", layer.gradient("gamma"), gradients[1]);
    assertClose("beta's gradient", layer.gradient("beta"), gradients[2]);
  }

  /** A mean of a million tenths added up in f32 would be 0.1009. */
  @Test
  void statisticsOfManyNumbersAreExact() {
    assumeThat(OneDnn.isAvailable()).isTrue();
    INDArray images = Nd4j.valueArrayOf(Layout.shape(DataType.FLOAT, 4, 32, 500, 500), 0.1f);
    INDArray mean = Nd4j.create(1, 32);
    INDArray variance = Nd4j.create(1, 32);
    images.putScalar(new int[] {0, 0, 0, 0, 0}, 1000.1f);
    BatchStatistics.compute(images, mean, variance);
    assertThat(mean.getFloat(0)).isCloseTo(0.101f, offset(1e-8f));
    assertThat(variance.getFloat(0)).isCloseTo(1 - 1e-6f, offset(1e-6f));
    assertThat(mean.getFloat(31)).isCloseTo(0.1f, offset(1e-8f));
    assertThat(variance.getFloat(31)).isCloseTo(0, offset(1e-12f));
  }

  private static Tensor step(Tensor running, double[] batch, double factor) {
    Tensor step = Tensor.zeros(running.shape());
    for (int c = 0; c < batch.length; c++) {
      step.values()[c] = 0.1 * (running.values()[c] - factor * batch[c]);
    }
    return step;
  }

  private static Normalization configuration(boolean relu) {
    Normalization layer = new Normalization();
    layer.setRelu(relu);
    return layer;
  }

  private static InputType input(int[] shape) {
    return shape.length == 2
        ? InputType.feedForward(shape[1])
        : InputType.convolutional(shape[2], shape[3], shape[1]);
  }
}
