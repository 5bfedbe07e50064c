package dev.kennel.onednn;

import org.nd4j.linalg.api.buffer.DataType;

/**
 * A layer whose products can be computed in a format of fewer bits than its parameters have. Sums,
 * parameters and their gradients stay in f32.
 */
interface MixedPrecision {
  /** Sets the format of products and output; the input may be in another. */
  void computeIn(DataType type);
}
