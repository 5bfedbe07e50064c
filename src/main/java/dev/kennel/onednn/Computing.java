package dev.kennel.onednn;

/**
 * A layer that leaves open how it computes. Sums, parameters and their gradients are in f32 in any
 * case.
 */
interface Computing {
  /** Sets how; the input may be in another precision than the output then is. */
  void compute(Computation how);
}
