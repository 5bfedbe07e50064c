package dev.kennel.config;

/**
 * What one network uses where no common setting overrides it.
 *
 * @param imageSize height and width of its input in pixels
 * @param learningRate its peak learning rate
 */
public record NetworkSettings(int imageSize, double learningRate) {
  public NetworkSettings {
    Checks.that(
        imageSize >= 8 && imageSize <= 2048,
        "Cannot use image-size %s: it is 8 to 2048 pixels",
        imageSize);
    Checks.that(
        learningRate > 0 && learningRate <= 100,
        "Cannot use learning-rate %s: it is above 0 and at most 100",
        learningRate);
  }
}
