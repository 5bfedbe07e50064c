package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_auto;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;

import java.util.Locale;

/** How oneDNN computes convolutions. */
public enum ConvolutionAlgorithm {
  /** Winograd's minimal filtering (arXiv 1509.09308) where oneDNN finds it faster, else direct. */
  AUTO(dnnl_convolution_auto),
  /** By the definition, which rounds less. */
  DIRECT(dnnl_convolution_direct);

  private final int number;

  ConvolutionAlgorithm(int number) {
    this.number = number;
  }

  /**
   * The algorithm of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ConvolutionAlgorithm of(String title) {
    for (ConvolutionAlgorithm algorithm : values()) {
      if (algorithm.name().toLowerCase(Locale.ROOT).equals(title)) {
        return algorithm;
      }
    }
    throw new IllegalArgumentException(
        "Cannot convolve by \"" + title + "\": the algorithms are auto and direct");
  }

  /** In oneDNN's numbers. */
  int number() {
    return number;
  }
}
