package dev.kennel.config;

/**
 * How training images are varied.
 *
 * @param flip flips half of them left to right
 * @param shift the farthest they are shifted in each direction, as a share of the side, in [0, 0.5]
 */
public record AugmentationSettings(boolean flip, double shift) {
  public AugmentationSettings {
    Checks.that(
        shift >= 0 && shift <= 0.5,
        "Cannot use augmentation.shift %s: it is a share of the side from 0 to 0.5",
        shift);
  }
}
