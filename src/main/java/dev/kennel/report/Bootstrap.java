package dev.kennel.report;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
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

  /** Words of 64 images that are worth counting: some seconds. */
  private static final double WORDS = 3e8;

  /** Of how often an image is drawn: seldom more than seven times. */
  private static final int PLANES = 3;

  private final int resamples;
  private final Map<Outcomes, double[]> accuracies = new IdentityHashMap<>();

  private Bootstrap(int resamples) {
    this.resamples = resamples;
  }

  /** Resamples the images, for all of these outcomes at once; the images are the same in all. */
  static Bootstrap of(List<Outcomes> outcomes) {
    Map<Outcomes, Counts> right = new IdentityHashMap<>();
    outcomes.forEach(of -> right.computeIfAbsent(of, each -> Counts.of(each.right())));
    Bootstrap bootstrap = new Bootstrap(resamples(right.values()));
    if (right.isEmpty()) {
      return bootstrap;
    }
    List<Outcomes> distinct = List.copyOf(right.keySet());
    distinct.forEach(of -> bootstrap.accuracies.put(of, new double[bootstrap.resamples]));
    Map<Outcomes, Counts> answers = answers(distinct);
    int images = distinct.get(0).right().length;
    IntStream.range(0, bootstrap.resamples)
        .parallel()
        .forEach(
            resample -> {
              Counts times = draw(resample, images);
              Map<Counts, Long> drawn = new IdentityHashMap<>();
              for (Outcomes of : distinct) {
                long all = drawn.computeIfAbsent(answers.get(of), times::product);
                bootstrap.accuracies.get(of)[resample] =
                    (double) times.product(right.get(of)) / all;
              }
            });
    return bootstrap;
  }

  private static int resamples(Collection<Counts> right) {
    double words = right.stream().mapToDouble(of -> (double) of.planes.size() * of.words).sum();
    return (int) Math.max(LEAST, Math.min(MOST, WORDS / (words * PLANES)));
  }

  /** Networks that answered the same images as often share the counts of them. */
  private static Map<Outcomes, Counts> answers(List<Outcomes> outcomes) {
    Map<Outcomes, Counts> ofEach = new IdentityHashMap<>();
    Map<IntBuffer, Counts> known = new HashMap<>();
    for (Outcomes of : outcomes) {
      IntBuffer answers = IntBuffer.wrap(of.answers()); // equal where the numbers are
      ofEach.put(of, known.computeIfAbsent(answers, counts -> Counts.of(of.answers())));
    }
    return ofEach;
  }

  /** How often each image is in a resample. */
  private static Counts draw(int resample, int images) {
    SplittableRandom random = new SplittableRandom(resample);
    Counts times = new Counts(images);
    for (int i = 0; i < images; i++) {
      times.add(random.nextInt(images));
    }
    return times;
  }

  /**
   * A small number for each image as bit planes: bit i of plane p is bit p of image i's number. So
   * 64 images are multiplied at once.
   */
  private static final class Counts {
    private final int words;
    private final List<long[]> planes = new ArrayList<>();

    Counts(int images) {
      words = (images + Long.SIZE - 1) / Long.SIZE;
    }

    static Counts of(int[] numbers) {
      Counts counts = new Counts(numbers.length);
      for (int image = 0; image < numbers.length; image++) {
        for (int n = 0; n < numbers[image]; n++) {
          counts.add(image);
        }
      }
      return counts;
    }

    /** Adds one to an image's number. */
    void add(int image) {
      int word = image / Long.SIZE;
      long bit = 1L << image; // modulo 64
      for (int p = 0; ; p++) {
        if (p == planes.size()) {
          planes.add(new long[words]);
        }
        long[] plane = planes.get(p);
        plane[word] ^= bit;
        if ((plane[word] & bit) != 0) {
          return;
        }
        // It was one: carry.
      }
    }

    /** The sum of the products of an image's two numbers. */
    long product(Counts other) {
      long sum = 0;
      for (int p = 0; p < planes.size(); p++) {
        for (int q = 0; q < other.planes.size(); q++) {
          sum += common(planes.get(p), other.planes.get(q)) << (p + q);
        }
      }
      return sum;
    }

    private static long common(long[] a, long[] b) {
      long bits = 0;
      for (int word = 0; word < a.length; word++) {
        bits += Long.bitCount(a[word] & b[word]);
      }
      return bits;
    }
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
