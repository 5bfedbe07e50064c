package dev.kennel.config;

import com.typesafe.config.Config;
import java.util.List;

/** Two numbers, the least and the most of what is drawn between them. */
public record RangeSettings(double from, double to) {

  static RangeSettings of(Config c, String key) {
    List<Double> numbers = c.getDoubleList(key);
    Checks.that(
        numbers.size() == 2, "Cannot use %s %s: it is two numbers, [least, most]", key, numbers);
    return new RangeSettings(numbers.get(0), numbers.get(1));
  }

  /** Whether it is in order and within these bounds. */
  boolean isWithin(double least, double most) {
    return least <= from && from <= to && to <= most;
  }

  @Override
  public String toString() {
    return "[" + from + ", " + to + "]";
  }
}
