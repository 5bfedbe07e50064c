package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BetaTest {
  private static final int DRAWS = 20_000;

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.2, 0.4, 1, 1.5, 8})
  void meanAndVarianceAreThoseOfTheDistribution(double alpha) {
    SplittableRandom random = new SplittableRandom(1);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < DRAWS; i++) {
      double drawn = Beta.draw(alpha, random);
      sum += drawn;
      squares += (drawn - 0.5) * (drawn - 0.5);
    }

    double variance = 1 / (4 * (2 * alpha + 1));
    assertThat(sum / DRAWS).isCloseTo(0.5, within(0.01));
    assertThat(squares / DRAWS).isCloseTo(variance, within(0.05 * variance));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.999999, 1.000001}) // one by either way
  void anAlphaOfOneIsEven(double alpha) {
    SplittableRandom random = new SplittableRandom(1);
    int[] tenths = new int[10];
    for (int i = 0; i < DRAWS; i++) {
      tenths[(int) (10 * Beta.draw(alpha, random))]++;
    }

    for (int count : tenths) {
      assertThat(count).isBetween(1850, 2150);
    }
  }

  @Test
  void aTinyAlphaGivesNothingOrAll() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1000; i++) {
      assertThat(Beta.draw(1e-6, random)).isIn(0.0, 1.0);
    }
  }
}
