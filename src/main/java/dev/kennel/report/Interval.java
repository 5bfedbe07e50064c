package dev.kennel.report;

import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * A range of shares, both ends from 0 to 1.
 *
 * @param lower the least share
 * @param upper the greatest share
 */
public record Interval(double lower, double upper) {

  private static final double CONFIDENCE = 0.95;

  /**
   * Wilson's 95 % score interval of a share that was measured as {@code successes} of {@code
   * trials}: all p with |successes / trials - p| ≤ 1.96 √(p (1 - p) / trials).
   *
   * <p>Unlike the interval of the normal approximation it stays within 0 and 1 and has a width at
   * the ends. Source: E. B. Wilson, "Probable inference, the law of succession, and statistical
   * inference", Journal of the American Statistical Association 22 (1927), 209-212.
   *
   * <p>Without trials every share is possible.
   */
  static Interval wilson(long successes, long trials) {
    if (trials == 0) {
      return new Interval(0, 1);
    }
    ConfidenceInterval interval =
        new WilsonScoreInterval()
            .createInterval(Math.toIntExact(trials), Math.toIntExact(successes), CONFIDENCE);
    // Rounding may leave 0 or 1 by a last digit.
    return new Interval(
        Math.max(0, interval.getLowerBound()), Math.min(1, interval.getUpperBound()));
  }
}
