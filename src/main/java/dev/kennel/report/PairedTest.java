package dev.kennel.report;

import java.util.Locale;
import org.apache.commons.math3.special.Beta;

/**
 * Two networks of one run on the same test images: how often each was right where the other was
 * not, and whether chance explains it.
 *
 * @param runId the run
 * @param networkA one network; in a comparison, the one with the higher accuracy
 * @param networkB the other
 * @param bothRight images that both predict rightly
 * @param onlyARight images that only A predicts rightly
 * @param onlyBRight images that only B predicts rightly
 * @param neitherRight images that none of them predicts rightly
 */
public record PairedTest(
    String runId,
    String networkA,
    String networkB,
    long bothRight,
    long onlyARight,
    long onlyBRight,
    long neitherRight) {

  private static final double SIGNIFICANCE = 0.05;

  /** Images that both networks predicted; 0 if one of them has no predictions (yet). */
  public long testImages() {
    return bothRight + onlyARight + onlyBRight + neitherRight;
  }

  /** Accuracy of A less that of B on the shared images, -1 to 1; NaN without images. */
  public double accuracyDifference() {
    return (double) (onlyARight - onlyBRight) / testImages();
  }

  /**
   * The two-sided p value of McNemar's test in its exact form, 0 to 1; NaN without images.
   *
   * <p>Images on which the networks agree say nothing about which is better. If both are equally
   * good, each of the n others is as likely to be A's as B's, so A's count is binomial with n and
   * one half; the p value is twice the probability of the smaller count or less, at most 1. It is
   * not corrected for the number of pairs. Source: Q. McNemar, "Note on the sampling error of the
   * difference between correlated proportions or percentages", Psychometrika 12 (1947), 153-157,
   * with the binomial in the place of its approximation by chi squared.
   */
  public double exactP() {
    if (testImages() == 0) {
      return Double.NaN;
    }
    long discordant = onlyARight + onlyBRight;
    if (discordant == 0) {
      return 1;
    }
    long fewer = Math.min(onlyARight, onlyBRight);
    // The lower tail of the binomial with one half, by its symmetry the upper one. Not
    // BinomialDistribution, which takes the other tail from 1 and so has no digits below 1e-16.
    double tail = Beta.regularizedBeta(0.5, discordant - fewer, fewer + 1);
    return Math.min(1, 2 * tail);
  }

  /** The same test with A and B exchanged. */
  PairedTest swapped() {
    return new PairedTest(
        runId, networkB, networkA, bothRight, onlyBRight, onlyARight, neitherRight);
  }

  /** Which network is better, by how much and how surely, as a sentence. */
  public String verdict() {
    if (testImages() == 0) {
      return "%s and %s have no predictions of the same test images to compare."
          .formatted(networkA, networkB);
    }
    String evidence = "%d test images (McNemar exact %s)".formatted(testImages(), formattedP());
    if (onlyARight == onlyBRight) {
      return "%s and %s are equally accurate on %s.".formatted(networkA, networkB, evidence);
    }
    boolean aLeads = onlyARight > onlyBRight;
    String leader = aLeads ? networkA : networkB;
    String other = aLeads ? networkB : networkA;
    String points = String.format(Locale.ROOT, "%.1f points", 100 * Math.abs(accuracyDifference()));
    return exactP() < SIGNIFICANCE
        ? "%s beats %s by %s on %s.".formatted(leader, other, points, evidence)
        : "%s leads %s by %s on %s, which is not significant at 5 %%."
            .formatted(leader, other, points, evidence);
  }

  private String formattedP() {
    double p = exactP();
    if (p < 1e-300) {
      return "p < 1e-300"; // about where doubles end
    }
    return String.format(Locale.ROOT, p < 0.001 ? "p = %.1e" : "p = %.3f", p);
  }
}
