package dev.kennel.report;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.StatUtils;

/**
 * One network with the settings that it was trained with; runs that repeat them with another seed
 * or fold count together.
 *
 * @param name the network, and the settings in which it differs from others that are compared
 * @param network the network
 * @param results what each run measured, at least one, in the order of the runs
 * @param accuracyInterval the 95 % interval of the accuracy by bootstrap over the test images; it
 *     tells how much another choice of images would change, not another training; empty before the
 *     predictions are there, which the last epoch writes
 * @param calibration empty likewise
 * @param classes recall of each class, by name; empty likewise
 */
public record Candidate(
    String name,
    String network,
    List<NetworkResult> results,
    Optional<Interval> accuracyInterval,
    Optional<Calibration> calibration,
    List<ClassRecall> classes) {

  public Candidate {
    results = List.copyOf(results);
    classes = List.copyOf(classes);
  }

  /** Test images of all runs, each counted in every run. */
  public long testImages() {
    return results.stream().mapToLong(NetworkResult::testImages).sum();
  }

  /** Complete epochs, of the run with the fewest. */
  public int epochs() {
    return results.stream().mapToInt(NetworkResult::epochs).min().orElseThrow();
  }

  /** Share of test images whose label was predicted, all runs together, 0 to 1. */
  public double accuracy() {
    return mean(NetworkResult::accuracy);
  }

  /** Standard deviation of the runs' accuracies, in their unit; NaN with one run only. */
  public double accuracyDeviation() {
    double[] accuracies = results.stream().mapToDouble(NetworkResult::accuracy).toArray();
    return accuracies.length < 2 ? Double.NaN : Math.sqrt(StatUtils.variance(accuracies));
  }

  /** Share of test images whose label was among the five likeliest, 0 to 1. */
  public double top5Accuracy() {
    return mean(NetworkResult::top5Accuracy);
  }

  /** Mean F1 of the classes, 0 to 1; of several runs, the mean of theirs. */
  public double macroF1() {
    return mean(NetworkResult::macroF1);
  }

  /** Mean cross entropy of a test image, in nats. */
  public double loss() {
    return mean(NetworkResult::loss);
  }

  /** What it cost. */
  public Cost cost() {
    return Cost.of(results);
  }

  /** Weighted by the runs' images. */
  private double mean(ToDoubleFunction<NetworkResult> figure) {
    return results.stream().mapToDouble(r -> r.testImages() * figure.applyAsDouble(r)).sum()
        / testImages();
  }
}
