package dev.kennel.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Checks the reference's gradients by finite differences of its forward passes. */
class ReferenceTest {
  private static final double STEP = 1e-5;

  private final Random random = new Random(1);

  @Test
  void gradientsOfAConvolutionAreThoseOfFiniteDifferences() {
    var convolution =
        new Reference.Convolving(new int[] {2, 1}, new int[] {1, 2}, new int[] {1, 2}, 2);
    Tensor x = Tensor.random(random, 2, 4, 5, 6);
    Tensor w = Tensor.random(random, 6, 2, 3, 2);
    double[] bias = Tensor.random(random, 6).values();
    Tensor dy = Tensor.random(random, convolution.forward(x, w, bias).shape());
    assertGradient(
        x, dy, t -> convolution.forward(t, w, bias), convolution.inputGradient(x, w, dy));
    assertGradient(
        w, dy, t -> convolution.forward(x, t, bias), convolution.weightGradient(x, w, dy));
    assertGradient(
        new Tensor(new int[] {6}, bias),
        dy,
        t -> convolution.forward(x, w, t.values()),
        Reference.channelSums(dy));
  }

  @Test
  void gradientsOfANormalizationAreThoseOfFiniteDifferences() {
    for (boolean relu : new boolean[] {false, true}) {
      Tensor x = Tensor.random(random, 3, 2, 3, 2);
      Tensor gamma = Tensor.random(random, 2);
      Tensor beta = Tensor.random(random, 2);
      Tensor dy = Tensor.random(random, x.shape());
      Tensor[] gradients = normalized(x, gamma, beta, relu).backward(dy);
      assertGradient(x, dy, t -> normalized(t, gamma, beta, relu).forward(), gradients[0]);
      assertGradient(gamma, dy, t -> normalized(x, t, beta, relu).forward(), gradients[1]);
      assertGradient(beta, dy, t -> normalized(x, gamma, t, relu).forward(), gradients[2]);
    }
  }

  @Test
  void gradientsOfAPoolingAreThoseOfFiniteDifferences() {
    for (boolean max : new boolean[] {false, true}) {
      var pooling =
          new Reference.Pooling(max, true, new int[] {3, 2}, new int[] {2, 1}, new int[] {1, 0});
      Tensor x = Tensor.random(random, 2, 2, 5, 4);
      Tensor dy = Tensor.random(random, pooling.forward(x).shape());
      assertGradient(x, dy, pooling::forward, pooling.backward(x, dy));
    }
  }

  @Test
  void aConvolutionIsTheSumOfProductsUnderTheKernel() {
    // 1 2 3 with kernel 10 1 and one zero on each side: 0·10+1·1, 1·10+2·1, 2·10+3·1, 3·10+0·1
    var convolution =
        new Reference.Convolving(new int[] {1, 1}, new int[] {0, 1}, new int[] {1, 1}, 1);
    Tensor x = new Tensor(new int[] {1, 1, 1, 3}, new double[] {1, 2, 3});
    Tensor w = new Tensor(new int[] {1, 1, 1, 2}, new double[] {10, 1});
    assertThat(convolution.forward(x, w, new double[] {0}).values()).containsExactly(1, 12, 23, 30);
  }

  private static Reference.Normalizing normalized(
      Tensor x, Tensor gamma, Tensor beta, boolean relu) {
    return new Reference.Normalizing(x, gamma.values(), beta.values(), relu);
  }

  /** d(Σ dy · f(t)) / dt by central differences. */
  private static void assertGradient(
      Tensor at, Tensor dy, Function<Tensor, Tensor> f, Tensor gradient) {
    for (int i = 0; i < at.values().length; i++) {
      double value = at.values()[i];
      at.values()[i] = value + STEP;
      double above = dot(dy, f.apply(at));
      at.values()[i] = value - STEP;
      double below = dot(dy, f.apply(at));
      at.values()[i] = value;
      assertThat(gradient.values()[i]).isCloseTo((above - below) / (2 * STEP), within(1e-6));
    }
  }

  private static double dot(Tensor a, Tensor b) {
    double sum = 0;
    for (int i = 0; i < a.values().length; i++) {
      sum += a.values()[i] * b.values()[i];
    }
    return sum;
  }
}
