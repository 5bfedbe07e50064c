package dev.kennel.onednn;

/**
 * How one parameter follows its gradient in one step.
 *
 * @param weights address of the parameter, floats side by side
 * @param first address of its velocity, or of the mean of its gradients, likewise; 0 where it has
 *     none
 * @param second address of the mean of its gradients' squares, likewise; 0 where it has none
 * @param length number of floats
 * @param isGradient whether it is a gradient that it follows, and not the step that a running
 *     statistic takes
 */
record Update(Rule rule, long weights, long first, long second, long length, boolean isGradient) {
  /**
   * Floats that one thread takes at a time. A parameter of fewer is left to the calling thread: the
   * threads of OpenMP still spin for milliseconds after the gradient, and helpers would have to
   * wait for their cores.
   */
  private static final int PIECE = 1 << 22;

  /** The same for a gradient that clipping multiplies by that factor. */
  Update clipped(double factor) {
    return new Update(rule.clipped(factor), weights, first, second, length, isGradient);
  }

  /** Follows a gradient that lies in memory, in the parameter's order, and is lost. */
  void follow(long gradient) {
    Rule known = rule.resolved(this::norm, () -> scaled(Norm.squared(gradient, length)));
    Parallel.forEach(
        Math.toIntExact((length + PIECE - 1) / PIECE),
        piece -> {
          long from = (long) piece * PIECE;
          int size = (int) Math.min(PIECE, length - from);
          known.follower(this).follow(from, gradient + Float.BYTES * from, size);
        });
  }

  /** Follows a product, the parameter being [rows, columns] with the last index running fastest. */
  void follow(GradientTiles product) {
    Rule known = rule.resolved(this::norm, () -> scaled(Norm.squared(product)));
    product.forEach(
        (tile, row, column, height, width, gradient) -> {
          Rule.Follower follower = known.follower(this);
          for (int i = 0; i < height; i++) {
            follower.follow(
                (row + i) * product.columns() + column,
                gradient + (long) Float.BYTES * i * width,
                width);
          }
        });
  }

  private double norm() {
    return Math.sqrt(Norm.squared(weights, length));
  }

  private double scaled(double squared) {
    return rule.scale() * Math.sqrt(squared);
  }
}
