package dev.kennel.report;

import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/**
 * A range of shares, or of differences between shares.
 *
 * @param lower the least
 * @param upper the greatest
 */
public record Interval(double lower, double upper) {

  private static final double CONFIDENCE = 95; // percent

  /**
   * The 95 % percentile interval of a bootstrap: what is left of the estimates without the 2.5 % at
   * each end, between two estimates by linear interpolation (type 7 of Hyndman and Fan, as NumPy
   * does). Source: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), 13.3.
   *
   * <p>It has no width where every image was answered rightly, or none: resampling them shows
   * nothing else.
   */
  static Interval ofEstimates(double[] estimates) {
    Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
    percentile.setData(estimates);
    double tail = (100 - CONFIDENCE) / 2;
    return new Interval(percentile.evaluate(tail), percentile.evaluate(100 - tail));
  }
}
