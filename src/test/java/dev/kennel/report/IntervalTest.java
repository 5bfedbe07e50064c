package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntervalTest {

  /** Of 0, 1, … 40 the share 0.025 lies at place 40 · 0.025 = 1, the share 0.975 at 39. */
  @Test
  void anIntervalLeavesOutFortiethsAtBothEnds() {
    double[] estimates = IntStream.rangeClosed(0, 40).mapToDouble(i -> 40 - i).toArray();

    assertThat(Interval.ofEstimates(estimates).lower()).isCloseTo(1, within(1e-12));
    assertThat(Interval.ofEstimates(estimates).upper()).isCloseTo(39, within(1e-12));
  }

  /** Of 0 and 1 the share 0.025 lies at place 0.025. */
  @Test
  void betweenTwoEstimatesItIsInterpolated() {
    assertThat(Interval.ofEstimates(new double[] {1, 0}).lower()).isCloseTo(0.025, within(1e-12));
  }
}
