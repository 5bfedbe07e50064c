package dev.kennel.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What AdamW and LARS make of a gradient, and the norms that LARS and clipping go by. */
class RuleTest {
  /** With PyTorch's epsilon, and a larger rate in each of four steps. */
  @Test
  void adamWLeadsWherePytorchsDoes() throws IOException {
    JsonNode small;
    try (InputStream file = RuleTest.class.getResourceAsStream("/pytorch/optimizers.json")) {
      small = new ObjectMapper().readTree(file).get("small");
    }
    INDArray weights = array(small.get("start"));
    INDArray mean = Nd4j.zeros(weights.length());
    INDArray square = Nd4j.zeros(weights.length());
    for (int step = 1; step <= 4; step++) {
      // as a sum over a batch of four
      INDArray gradient = array(small.get("gradients").get(step - 1)).mul(4);
      Rule rule = new AdamWRule(0.001 * step, 0.9, 0.999, 1e-8, 0.01f, 0.25f, step);
      update(rule, weights, mean, square).follow(Memory.address(gradient));
    }
    assertClose(weights, small.get("end"), 2e-7);
    assertClose(mean, small.get("mean"), 1e-7);
    assertClose(square, small.get("square"), 1e-9);
  }

  private static INDArray array(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values.get(i).asDouble();
    }
    return Nd4j.createFromArray(floats);
  }

  private static void assertClose(INDArray found, JsonNode expected, double apart) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.getDouble(i)).isCloseTo(expected.get(i).asDouble(), within(apart));
    }
  }

  /**
   * ‖w‖ = 5 and ‖g‖ = 1: λ = 0.01 · 5 / (1 + 0.1 · 5) = 1 / 30. From velocity (1, 1), v = 0.9 − 6 ·
   * λ · (g + 0.1 · w) = 0.9 − 0.2 · ((0.6, 0.8) + (0.3, 0.4)) = (0.72, 0.66).
   */
  @Test
  void larsStepsByThePapersFormulas() {
    INDArray weights = Nd4j.createFromArray(3f, 4f);
    INDArray velocity = Nd4j.createFromArray(1f, 1f);
    INDArray gradient = Nd4j.createFromArray(1.2f, 1.6f); // a sum over a batch of two
    Rule rule = new LarsRule(0.01, 6, 0.9f, 0.1f, 0.5f);
    update(rule, weights, velocity, null).follow(Memory.address(gradient));
    assertThat(velocity.equalsWithEps(Nd4j.createFromArray(0.72f, 0.66f), 1e-6)).isTrue();
    assertThat(weights.equalsWithEps(Nd4j.createFromArray(3.72f, 4.66f), 1e-6)).isTrue();
  }

  @Test
  void larsTakesTheCommonRateWhereANormIsZeroOrThereIsNoTrustRatio() {
    Rule lars = new LarsRule(0.01, 0.5, 0, 0.1f, 1);
    assertThat(lars.resolved(() -> 0, () -> 1)).isEqualTo(new LarsRule(0, 0.5, 0, 0.1f, 1));
    assertThat(lars.resolved(() -> 1, () -> 0)).isEqualTo(new LarsRule(0, 0.5, 0, 0.1f, 1));
    Rule ofBias = new LarsRule(0, 0.5, 0, 0, 1);
    assertThat(ofBias.resolved(() -> 5, () -> 1)).isEqualTo(ofBias);
    assertThatThrownBy(() -> lars.follower(null)).hasMessageContaining("trust ratio");
  }

  @Test
  void larsGoesByTheNormOfTheClippedGradient() {
    LarsRule clipped = (LarsRule) new LarsRule(0.01, 6, 0, 0, 1).clipped(0.5);
    assertThat(clipped.scale()).isEqualTo(0.5f);
    INDArray weights = Nd4j.createFromArray(3f, 4f);
    INDArray gradient = Nd4j.createFromArray(0.6f, 0.8f);
    update(clipped, weights, Nd4j.zeros(2), null).follow(Memory.address(gradient));
    // λ = 0.01 · 5 / 0.5, and 6 · λ · 0.5 · g = 0.3 · g: without decay, its length does not matter
    assertThat(weights.equalsWithEps(Nd4j.createFromArray(2.82f, 3.76f), 1e-6)).isTrue();
  }

  @ParameterizedTest(name = "batch {0}, [{1}, {2}]")
  @CsvSource({"1, 1, 1", "3, 1030, 2100", "16, 700, 9000", "40, 33, 20", "2, 5, 3000"})
  void theNormOfAProductIsThatOfItsElements(int batch, int rows, int columns) {
    Arithmetic.useThreads(2);
    INDArray left = numbers(4, batch, rows);
    INDArray right = numbers(5, batch, columns);
    INDArray product = left.transpose().mmul(right).dup('c');
    double expected = squared(product);
    assertThat(Norm.squared(GradientTiles.of(left, right)))
        .isCloseTo(expected, within(1e-5 * expected));
    assertThat(Norm.squared(Memory.address(product), product.length()))
        .isCloseTo(expected, within(1e-6 * expected));
  }

  /**
   * Two examples whose gradients differ by a ten-thousandth: of their sum hardly anything stays.
   */
  @Test
  void theNormIsRightWhereExamplesCancelEachOther() {
    INDArray left = numbers(4, 1, 600);
    INDArray right = numbers(5, 1, 700);
    INDArray both = Nd4j.vstack(left, left.mul(-1.0001)).dup('c');
    INDArray twice = Nd4j.vstack(right, right).dup('c');
    double expected = 1e-8 * squared(left) * squared(right);
    assertThat(Norm.squared(GradientTiles.of(both, twice)))
        .isCloseTo(expected, within(0.01 * expected));
  }

  private static double squared(INDArray array) {
    double sum = 0;
    for (double value : array.reshape(array.length()).toDoubleVector()) {
      sum += value * value;
    }
    return sum;
  }

  private static INDArray numbers(int seed, int rows, int columns) {
    INDArray numbers = Nd4j.createUninitialized(DataType.FLOAT, rows, columns);
    for (long i = 0; i < numbers.length(); i++) {
      numbers.putScalar(i, Math.sin(12.9898 * i + seed));
    }
    return numbers;
  }

  private static Update update(Rule rule, INDArray weights, INDArray first, INDArray second) {
    return new Update(
        rule,
        Memory.address(weights),
        Memory.address(first),
        second == null ? 0 : Memory.address(second),
        weights.length(),
        true);
  }
}
