package dev.kennel.config;

/**
 * Smaller images in the first part of a training; {@code ImageSizes} computes their sizes.
 *
 * @param initialScale the first images' side by the network's, in (0, 1]; 1: all are of its size
 * @param delayFraction share of all steps before images begin to grow, in [0, 1]
 * @param finetuneFraction share of all steps, the last, with images of the network's size, in [0,
 *     1]
 * @param sizeIncrement pixels that a side grows by at a time
 */
public record ProgressiveResizingSettings(
    double initialScale, double delayFraction, double finetuneFraction, int sizeIncrement) {
  public ProgressiveResizingSettings {
    Checks.that(
        initialScale > 0 && initialScale <= 1,
        "Cannot use progressive-resizing.initial-scale %s: it lies in (0, 1]",
        initialScale);
    share("delay-fraction", delayFraction);
    share("finetune-fraction", finetuneFraction);
    Checks.that(
        delayFraction + finetuneFraction <= 1,
        "Cannot use progressive-resizing.delay-fraction %s and finetune-fraction %s: together they"
            + " are 1 at most",
        delayFraction,
        finetuneFraction);
    Checks.that(
        sizeIncrement >= 1,
        "Cannot use progressive-resizing.size-increment %s: it is 1 or more",
        sizeIncrement);
  }

  /** Whether any image is smaller than the network's input. */
  public boolean isOn() {
    return initialScale < 1;
  }

  private static void share(String key, double value) {
    Checks.that(
        value >= 0 && value <= 1,
        "Cannot use progressive-resizing.%s %s: it lies in [0, 1]",
        key,
        value);
  }
}
