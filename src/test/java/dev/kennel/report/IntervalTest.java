package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IntervalTest {

  /**
   * With z = 1.95996 and z² = 3.84146: the middle is (81 + z²/2) / (263 + z²) = 0.31075, the half
   * width z √(81 · 182 / 263 + z²/4) / (263 + z²) = 0.05546. Newcombe (1998) prints 0.2553 to
   * 0.3662 for this example, 81 of 263.
   */
  @Test
  void wilsonsIntervalOf81Of263IsTheOneInNewcombesPaper() {
    Interval interval = Interval.wilson(81, 263);

    assertThat(interval.lower()).isCloseTo(0.2553, within(0.00005));
    assertThat(interval.upper()).isCloseTo(0.3662, within(0.00005));
  }

  /** With no success the lower end is 0 and the upper z² / (n + z²) = 3.84146 / 13.84146. */
  @Test
  void wilsonsIntervalOf0Of10BeginsAtZeroAndHasAWidth() {
    assertThat(Interval.wilson(0, 10).lower()).isCloseTo(0, within(1e-15));
    assertThat(Interval.wilson(0, 10).upper()).isCloseTo(0.27753, within(0.00001));
    assertThat(Interval.wilson(10, 10).lower()).isCloseTo(1 - 0.27753, within(0.00001));
    assertThat(Interval.wilson(10, 10).upper()).isCloseTo(1, within(1e-15));
  }

  @Test
  void withoutTrialsEveryShareIsPossible() {
    assertThat(Interval.wilson(0, 0)).isEqualTo(new Interval(0, 1));
  }
}
