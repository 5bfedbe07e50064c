package dev.kennel.onednn;

import java.util.function.DoubleSupplier;

/**
 * How a parameter follows its gradient in one step, given as g: {@code scale} times what the
 * backward pass computes.
 */
sealed interface Rule permits MomentumRule, AdamWRule, LarsRule {
  /** Floats at a time: those of a parameter, its state and its gradient fit into a core's cache. */
  int MOST = 2048;

  /** 1 / batch size where the backward pass computes a sum over the batch, else 1. */
  float scale();

  /** The rule for a gradient that clipping multiplies by that factor. */
  Rule clipped(double factor);

  /**
   * The rule in which what depends on the norms is put in; itself, where nothing does, and then
   * neither is asked for.
   *
   * @param weight Euclidean norm of the whole parameter
   * @param gradient the same of g
   */
  default Rule resolved(DoubleSupplier weight, DoubleSupplier gradient) {
    return this;
  }

  /** One thread's part of the work on one parameter. */
  Follower follower(Update parameter);

  /** Lets parameters follow their gradient. */
  interface Follower {
    /**
     * Follows the gradient of so many floats from the {@code from}-th on.
     *
     * @param gradient address of the first of them; they are lost
     */
    void follow(long from, long gradient, int size);
  }
}
