package dev.kennel.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.math3.special.Beta;

/**
 * Two candidates on the same test images: how often each was right where the other was not, and
 * whether chance explains it.
 *
 * <p>Where a candidate answered an image in several runs, A counts as right where B is not if the
 * share of its right answers is the greater.
 *
 * @param a one candidate; in a comparison, the one with the higher accuracy
 * @param b the other
 * @param isRepeated whether one of them answered images more than once
 * @param bothRight images that both predict rightly; if repeated, equally often and at least once
 * @param onlyARight images that only A predicts rightly; if repeated, more often than B
 * @param onlyBRight images that only B predicts rightly; if repeated, more often than A
 * @param neitherRight images that none of them ever predicts rightly
 * @param accuracyDifference accuracy of A less that of B on the shared images, -1 to 1; NaN without
 *     images
 * @param differenceInterval the 95 % interval of this difference by paired bootstrap over the
 *     images; empty without images
 * @param gains the classes, by what A finds beyond B, the greatest gain first
 */
public record PairedTest(
    String a,
    String b,
    boolean isRepeated,
    long bothRight,
    long onlyARight,
    long onlyBRight,
    long neitherRight,
    double accuracyDifference,
    Optional<Interval> differenceInterval,
    List<ClassGain> gains) {

  private static final double SIGNIFICANCE = 0.05;

  public PairedTest {
    gains = List.copyOf(gains);
  }

  /** Counts the images that both answered; they are the same in both. */
  static PairedTest of(
      String nameA,
      Outcomes a,
      String nameB,
      Outcomes b,
      Optional<Interval> interval,
      List<ClassGain> gains) {
    long[] counts = new long[4];
    boolean isRepeated = false;
    for (int image = 0; image < a.right().length; image++) {
      if (a.has(image)) {
        counts[cell(a.accuracy(image), b.accuracy(image))]++;
        isRepeated |= a.answers()[image] > 1 || b.answers()[image] > 1;
      }
    }
    double difference = a.accuracy() - b.accuracy();
    return new PairedTest(
        nameA,
        nameB,
        isRepeated,
        counts[0],
        counts[1],
        counts[2],
        counts[3],
        difference,
        interval,
        gains);
  }

  private static int cell(double a, double b) {
    if (a == b) {
      return a > 0 ? 0 : 3;
    }
    return a > b ? 1 : 2;
  }

  /** Images that both answered; 0 if one of them has no predictions (yet). */
  public long testImages() {
    return bothRight + onlyARight + onlyBRight + neitherRight;
  }

  /**
   * The two-sided p value of McNemar's test in its exact form, 0 to 1; NaN without images. If
   * repeated, it is that of the sign test on the images, which is the same with one run of each.
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

  /** Which candidate is better, by how much and how surely, as a sentence. */
  public String verdict() {
    if (testImages() == 0) {
      return "%s and %s have no predictions of the same test images to compare.".formatted(a, b);
    }
    String evidence =
        "%,d test images (%s %s)"
            .formatted(testImages(), isRepeated ? "sign test" : "McNemar exact", formattedP());
    if (accuracyDifference == 0) {
      return "%s and %s are equally accurate on %s.".formatted(a, b, evidence);
    }
    boolean aLeads = accuracyDifference > 0;
    String leader = aLeads ? a : b;
    String other = aLeads ? b : a;
    String points = text("%.1f points", 100 * Math.abs(accuracyDifference)) + interval(aLeads);
    return exactP() < SIGNIFICANCE
        ? "%s beats %s by %s on %s.".formatted(leader, other, points, evidence)
        : "%s leads %s by %s on %s, which is not significant at 5 %%."
            .formatted(leader, other, points, evidence);
  }

  private String interval(boolean aLeads) {
    return differenceInterval
        .map(
            of ->
                aLeads
                    ? text(" (95 %% interval %.1f to %.1f)", 100 * of.lower(), 100 * of.upper())
                    : text(" (95 %% interval %.1f to %.1f)", -100 * of.upper(), -100 * of.lower()))
        .orElse("");
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private String formattedP() {
    double p = exactP();
    if (p < 1e-300) {
      return "p < 1e-300"; // about where doubles end
    }
    return text(p < 0.001 ? "p = %.1e" : "p = %.3f", p);
  }
}
