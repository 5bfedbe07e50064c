package dev.kennel.report;

import java.util.List;

/**
 * How far the probabilities that a network gives to its answers are from how often it is right.
 *
 * <p>Answers are binned by the probability p of the predicted class into 15 bins of equal width,
 * bin b holding (b - 1) / 15 &lt; p ≤ b / 15. Source: C. Guo, G. Pleiss, Y. Sun and K. Q.
 * Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
 *
 * @param bins those with answers, the least probable first
 */
public record Calibration(List<Bin> bins) {

  /** How many bins there are, with and without answers. */
  public static final int BINS = 15;

  /**
   * The answers of similar probability.
   *
   * @param index 1 to 15
   * @param images answers in the bin, at least 1
   * @param meanProbability mean of the probabilities, 0 to 1
   * @param accuracy share of right answers, 0 to 1
   */
  public record Bin(int index, long images, double meanProbability, double accuracy) {
    /** The probability that the bin begins above. */
    public double lower() {
      return (index - 1.0) / BINS;
    }

    /** The probability that the bin ends at. */
    public double upper() {
      return (double) index / BINS;
    }
  }

  public Calibration {
    bins = List.copyOf(bins);
  }

  /** The bin of a probability, 1 to 15. */
  static int bin(double probability) {
    return Math.max(1, (int) Math.ceil(probability * BINS));
  }

  /**
   * The expected calibration error: the distance of mean probability and accuracy, averaged over
   * the bins, each weighted by its images; 0 to 1.
   */
  public double expectedError() {
    double sum = 0;
    long images = 0;
    for (Bin bin : bins) {
      sum += bin.images() * Math.abs(bin.meanProbability() - bin.accuracy());
      images += bin.images();
    }
    return sum / images;
  }
}
