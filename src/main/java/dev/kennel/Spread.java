package dev.kennel;

import java.util.Collection;
import java.util.List;

/**
 * How far some whole numbers lie apart.
 *
 * @param median the middle one; of an even number of them the mean of the two in the middle
 */
record Spread(int min, double median, int max) {
  /** Of one number or more. */
  static Spread of(Collection<Integer> numbers) {
    List<Integer> sorted = numbers.stream().sorted().toList();
    int last = sorted.size() - 1;
    double median = (sorted.get(last / 2) + sorted.get(sorted.size() / 2)) / 2.0;
    return new Spread(sorted.get(0), median, sorted.get(last));
  }

  /** The median without a fraction that is 0. */
  String medianText() {
    return median == Math.rint(median) ? String.valueOf((long) median) : String.valueOf(median);
  }
}
