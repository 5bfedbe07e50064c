package dev.kennel.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Parameters follow their gradient by the rule, in pieces or in tiles. */
class UpdateTest {
  private static final float RATE = 0.1f;
  private static final float MOMENTUM = 0.9f;
  private static final float SCALE = 0.5f;

  @ParameterizedTest(name = "momentum {0}, decay {1}, {2} threads")
  @CsvSource({"true, 0, 2", "true, 0.01, 1", "false, 0, 1", "false, 0.01, 2"})
  void aGradientIsFollowed(boolean hasMomentum, float decay, int threads) {
    Arithmetic.useThreads(threads);
    int length = 300_001; // several pieces, the last one smaller
    INDArray weights = numbers(1, length);
    INDArray velocities = numbers(2, length);
    INDArray gradient = numbers(3, length);
    double[][] expected = expected(weights, velocities, gradient, hasMomentum, decay);
    update(weights, velocities, hasMomentum, decay).follow(Memory.address(gradient));
    assertFollowed(weights, velocities, expected);
  }

  @ParameterizedTest(name = "momentum {0}, decay {1}, {2} threads, [{3}, {4}]")
  @CsvSource({
    "true, 0, 2, 1030, 2100",
    "true, 0.01, 1, 513, 1025",
    "false, 0.01, 2, 7, 3000",
    "false, 0, 1, 600, 5",
    "true, 0.01, 2, 1, 1"
  })
  void aProductIsFollowedAsItsTilesAreFormed(
      boolean hasMomentum, float decay, int threads, int rows, int columns) {
    Arithmetic.useThreads(threads);
    INDArray left = numbers(4, 3L * rows).reshape('c', 3, rows);
    INDArray right = numbers(5, 3L * columns).reshape('c', 3, columns);
    INDArray weights = numbers(1, (long) rows * columns);
    INDArray velocities = numbers(2, (long) rows * columns);
    INDArray gradient = left.transpose().mmul(right).dup('c');
    double[][] expected = expected(weights, velocities, gradient, hasMomentum, decay);
    update(weights, velocities, hasMomentum, decay).follow(GradientTiles.of(left, right));
    assertFollowed(weights, velocities, expected);
  }

  private static Update update(
      INDArray weights, INDArray velocities, boolean hasMomentum, float decay) {
    return new Update(
        new MomentumRule(RATE, hasMomentum ? MOMENTUM : 0, decay, SCALE),
        Memory.address(weights),
        hasMomentum ? Memory.address(velocities) : 0,
        0,
        weights.length(),
        true);
  }

  /** Weights and velocities by the formula, in double precision. */
  private static double[][] expected(
      INDArray weights, INDArray velocities, INDArray gradient, boolean hasMomentum, float decay) {
    double[] w = weights.reshape(weights.length()).toDoubleVector();
    double[] v = velocities.reshape(velocities.length()).toDoubleVector();
    double[] g = gradient.reshape(gradient.length()).toDoubleVector();
    for (int i = 0; i < w.length; i++) {
      double d = SCALE * g[i] + decay * w[i];
      if (hasMomentum) {
        double next = MOMENTUM * v[i] - RATE * d;
        w[i] = w[i] - MOMENTUM * v[i] + (1 + MOMENTUM) * next;
        v[i] = next;
      } else {
        w[i] -= RATE * d;
      }
    }
    return new double[][] {w, v};
  }

  private static void assertFollowed(INDArray weights, INDArray velocities, double[][] expected) {
    assertThat(farthest(weights, expected[0])).isLessThan(2e-6);
    assertThat(farthest(velocities, expected[1])).isLessThan(2e-6);
  }

  private static double farthest(INDArray array, double[] expected) {
    double[] found = array.toDoubleVector();
    assertThat(found).hasSameSizeAs(expected);
    double farthest = 0;
    for (int i = 0; i < found.length; i++) {
      farthest = Math.max(farthest, Math.abs(found[i] - expected[i]));
    }
    return farthest;
  }

  /** Between −1 and 1, the same each time. */
  private static INDArray numbers(int seed, long length) {
    INDArray numbers = Nd4j.createUninitialized(DataType.FLOAT, length);
    for (long i = 0; i < length; i++) {
      numbers.putScalar(i, Math.sin(12.9898 * i + seed));
    }
    return numbers;
  }
}
