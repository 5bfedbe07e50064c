package dev.kennel.onednn;

import java.util.Locale;

/** How oneDNN computes convolutions. */
public enum ConvolutionAlgorithm {
  /** Winograd's minimal filtering (arXiv 1509.09308) where it is faster, else direct. */
  AUTO,
  /** By the definition, which rounds less. */
  DIRECT;

  /** Pixels of the output that oneDNN's Winograd computes at once, across and down. */
  private static final long TILE = 4;

  /**
   * Tiles of a batch below which Winograd takes longer than it saves: it transforms the weights to
   * four times their size first, which for 512 channels takes as long as 20 to 30 tiles of them.
   */
  private static final long LEAST_TILES = 32;

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

  /**
   * Whether Winograd is to be tried for outputs of these sizes: batch, channels, height and width.
   * oneDNN's own choice takes it for images of 2 × 2 pixels, where it is half as fast as direct
   * convolution, and leaves it out for the weights' gradient of some larger ones, where it is twice
   * as fast.
   */
  boolean triesWinograd(long[] out) {
    long tiles = (out[2] + TILE - 1) / TILE * ((out[3] + TILE - 1) / TILE);
    return this == AUTO && Math.min(out[2], out[3]) >= TILE && out[0] * tiles >= LEAST_TILES;
  }
}
