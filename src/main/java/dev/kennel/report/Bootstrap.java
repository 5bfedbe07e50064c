package dev.kennel.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Accuracies as they would be with other test images like these: as many are drawn from them with
 * replacement, 10,000 times, or less often, but 2,000 times, where networks and images are many (so
 * many place an interval's ends within a sixteenth of a standard error). One draw serves all
 * networks, so that the difference of two accuracies of the same draw is a paired one.
 *
 * <p>The draws depend on nothing but the number of images: the same tables always give the same
 * intervals. Source: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap" (1993).
 */
final class Bootstrap {

  private static final int MOST = 10_000;
  private static final int LEAST = 2_000;

  /** Products of an image's answers that are worth computing: some seconds. */
  private static final double PRODUCTS = 4e9;

  /** Resamples that are drawn together: a network's counts are fetched once for all of them. */
  private static final int BLOCK = 16;

  private final int resamples;
  private final Map<Outcomes, double[]> accuracies = new IdentityHashMap<>();

  private Bootstrap(int resamples) {
    this.resamples = resamples;
  }

  /** Resamples the images, for all of these outcomes at once; the images are the same in all. */
  static Bootstrap of(List<Outcomes> outcomes) {
    Map<Outcomes, Boolean> each = new IdentityHashMap<>();
    outcomes.forEach(of -> each.put(of, true));
    List<Outcomes> distinct = List.copyOf(each.keySet());
    Bootstrap bootstrap = new Bootstrap(resamples(distinct));
    if (distinct.isEmpty()) {
      return bootstrap;
    }
    distinct.forEach(of -> bootstrap.accuracies.put(of, new double[bootstrap.resamples]));
    List<int[]> denominators = distinctAnswers(distinct);
    IntStream.range(0, bootstrap.resamples / BLOCK)
        .parallel()
        .forEach(block -> bootstrap.resample(block * BLOCK, distinct, denominators));
    return bootstrap;
  }

  /** A whole number of blocks. */
  private static int resamples(List<Outcomes> outcomes) {
    double products = outcomes.stream().mapToDouble(of -> of.right().length).sum();
    int resamples = (int) Math.max(LEAST, Math.min(MOST, PRODUCTS / products));
    return resamples / BLOCK * BLOCK;
  }

  /** Networks that answered the same images as often share one array of them. */
  private static List<int[]> distinctAnswers(List<Outcomes> outcomes) {
    List<int[]> distinct = new ArrayList<>();
    List<int[]> ofEach = new ArrayList<>();
    for (Outcomes of : outcomes) {
      int[] known =
          distinct.stream()
              .filter(other -> Arrays.equals(other, of.answers()))
              .findFirst()
              .orElse(of.answers());
      if (known == of.answers()) {
        distinct.add(known);
      }
      ofEach.add(known);
    }
    return ofEach;
  }

  private void resample(int first, List<Outcomes> outcomes, List<int[]> denominators) {
    int[][] times = new int[BLOCK][];
    Map<int[], long[]> answers = new IdentityHashMap<>();
    for (int i = 0; i < BLOCK; i++) {
      times[i] = draw(first + i, outcomes.get(0).right().length);
    }
    for (int o = 0; o < outcomes.size(); o++) {
      int[] right = outcomes.get(o).right();
      long[] of =
          answers.computeIfAbsent(
              denominators.get(o),
              counts -> Arrays.stream(times).mapToLong(drawn -> product(drawn, counts)).toArray());
      double[] estimates = accuracies.get(outcomes.get(o));
      for (int i = 0; i < BLOCK; i++) {
        estimates[first + i] = (double) product(times[i], right) / of[i];
      }
    }
  }

  /** How often each image is in a resample. */
  private static int[] draw(int resample, int images) {
    SplittableRandom random = new SplittableRandom(resample);
    int[] times = new int[images];
    for (int i = 0; i < images; i++) {
      times[random.nextInt(images)]++;
    }
    return times;
  }

  /** As an int, for which the compiler has vector instructions: answers are far below 2^31. */
  private static int product(int[] a, int[] b) {
    int sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** The 95 % interval of an accuracy. */
  Interval accuracy(Outcomes outcomes) {
    return Interval.ofEstimates(finite(accuracies.get(outcomes)));
  }

  /** The 95 % interval of the accuracy of {@code a} less that of {@code b}. */
  Interval difference(Outcomes a, Outcomes b) {
    double[] ofA = accuracies.get(a);
    double[] ofB = accuracies.get(b);
    return Interval.ofEstimates(
        finite(IntStream.range(0, resamples).mapToDouble(i -> ofA[i] - ofB[i]).toArray()));
  }

  /** Without resamples that happen to have no image that was answered. */
  private static double[] finite(double[] estimates) {
    return Arrays.stream(estimates).filter(Double::isFinite).toArray();
  }
}
