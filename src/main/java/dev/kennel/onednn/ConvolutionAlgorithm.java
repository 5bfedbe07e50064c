package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_auto;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;

/** How oneDNN computes convolutions. */
public enum ConvolutionAlgorithm {
  /** Winograd's minimal filtering (arXiv 1509.09308) where oneDNN finds it faster, else direct. */
  AUTO("auto", dnnl_convolution_auto),
  /** By the definition, which rounds less. */
  DIRECT("direct", dnnl_convolution_direct);

  private final String title;
  private final int number;

  ConvolutionAlgorithm(String title, int number) {
    this.title = title;
    this.number = number;
  }

  /** The name that users type. */
  public String title() {
    return title;
  }

  /**
   * The algorithm of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ConvolutionAlgorithm of(String title) {
    for (ConvolutionAlgorithm algorithm : values()) {
      if (algorithm.title.equals(title)) {
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
