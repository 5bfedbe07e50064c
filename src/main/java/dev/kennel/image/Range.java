package dev.kennel.image;

import java.io.Serializable;
import java.util.SplittableRandom;

/** Numbers from {@code from} to {@code to}, of which one is drawn, each as likely as another. */
public record Range(double from, double to) implements Serializable {
  public Range {
    if (!(from <= to)) {
      throw new IllegalArgumentException(
          "Cannot draw from [" + from + ", " + to + "]: it is empty");
    }
  }

  double draw(SplittableRandom random) {
    return from + (to - from) * random.nextDouble();
  }

  /** One whose logarithm is drawn, so that twice is as likely as half. */
  double drawByLogarithm(SplittableRandom random) {
    // StrictMath gives the same on every machine.
    return StrictMath.exp(new Range(StrictMath.log(from), StrictMath.log(to)).draw(random));
  }

  double nearest(double value) {
    return Math.min(Math.max(value, from), to);
  }
}
