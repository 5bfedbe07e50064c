package dev.kennel.image;

import java.util.SplittableRandom;

/** The distribution Beta(α, α) on [0, 1]. */
final class Beta {
  private Beta() {}

  /**
   * Draws from it: up to α = 1 as Jöhnk (1964) does, of whose pairs at least half are taken, above
   * as Ulrich (1984) does.
   *
   * @param alpha above 0
   */
  static double draw(double alpha, SplittableRandom random) {
    if (alpha > 1) {
      double radius = Math.sqrt(1 - StrictMath.pow(random.nextDouble(), 2 / (2 * alpha - 1)));
      return 0.5 + 0.5 * radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }
    while (true) {
      double u = 1 - random.nextDouble(); // above 0
      double v = 1 - random.nextDouble();
      if (StrictMath.pow(u, 1 / alpha) + StrictMath.pow(v, 1 / alpha) <= 1) {
        // x / (x + y) of these two, which for a small α are both too small for a double.
        return 1 / (1 + StrictMath.pow(v / u, 1 / alpha));
      }
    }
  }
}
