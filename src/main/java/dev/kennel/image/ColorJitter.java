package dev.kennel.image;

import java.util.SplittableRandom;

/**
 * Changes brightness, contrast, saturation and hue, in any order, as torchvision's {@code
 * ColorJitter} does.
 *
 * <p>Draws the order, then the four factors as they are listed, those of what is 0 too.
 *
 * @param brightness the factor is at least 1 less this, or 0, and at most 1 and this
 * @param contrast the same
 * @param saturation the same
 * @param hue the most by which it is turned to either side, as a share of the circle, in [0, 0.5]
 */
record ColorJitter(double brightness, double contrast, double saturation, double hue)
    implements PixelOperation {

  /** What is changed. */
  enum Adjustment {
    BRIGHTNESS,
    CONTRAST,
    SATURATION,
    HUE
  }

  @Override
  public byte[] apply(byte[] pixels, int size, SplittableRandom random) {
    Adjustment[] order = order(random);
    double brightnessFactor = factor(brightness, random);
    double contrastFactor = factor(contrast, random);
    double saturationFactor = factor(saturation, random);
    double turn = new Range(-hue, hue).draw(random);
    byte[] changed = pixels;
    for (Adjustment next : order) {
      changed =
          switch (next) {
            case BRIGHTNESS ->
                brightness == 0 ? changed : Enhancement.brightness(changed, brightnessFactor);
            case CONTRAST ->
                contrast == 0 ? changed : Enhancement.contrast(changed, contrastFactor);
            case SATURATION ->
                saturation == 0 ? changed : Enhancement.saturation(changed, saturationFactor);
            case HUE -> hue == 0 ? changed : Hue.turn(changed, turn);
          };
    }
    return changed;
  }

  static Adjustment[] order(SplittableRandom random) {
    Adjustment[] order = Adjustment.values();
    for (int i = order.length - 1; i > 0; i--) { // Fisher and Yates
      int other = random.nextInt(i + 1);
      Adjustment moved = order[i];
      order[i] = order[other];
      order[other] = moved;
    }
    return order;
  }

  private static double factor(double most, SplittableRandom random) {
    return new Range(Math.max(0, 1 - most), 1 + most).draw(random);
  }
}
