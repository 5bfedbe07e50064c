package dev.kennel.onednn;

import java.io.Serializable;

/**
 * How a network's layers compute, which is no part of the network itself: a model that was trained
 * one way answers in the other.
 *
 * @param precision of convolutions and fully connected layers
 * @param convolution how convolutions are computed
 */
public record Computation(Precision precision, ConvolutionAlgorithm convolution)
    implements Serializable {
  /** In f32, by the faster algorithm. */
  public static final Computation DEFAULT =
      new Computation(Precision.F32, ConvolutionAlgorithm.AUTO);

  /** In that precision, by the faster algorithm. */
  public static Computation in(Precision precision) {
    return new Computation(precision, ConvolutionAlgorithm.AUTO);
  }
}
