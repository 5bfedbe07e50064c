package dev.kennel.image;

/**
 * Turns colours on the circle of hues, as torchvision's {@code adjust_hue} does for tensors: value
 * and saturation of HSV stay. It rounds down; here it is to the nearest, so that nothing darkens.
 */
final class Hue {
  private Hue() {}

  /** Turns each pixel's hue, by a share of the circle in [-0.5, 0.5]: 1/3 makes red green. */
  static byte[] turn(byte[] pixels, double share) {
    int count = pixels.length / RgbImage.CHANNELS;
    byte[] turned = new byte[pixels.length];
    for (int i = 0; i < count; i++) {
      int red = pixels[i] & 0xff;
      int green = pixels[count + i] & 0xff;
      int blue = pixels[2 * count + i] & 0xff;
      int most = Math.max(Math.max(red, green), blue);
      int chroma = most - Math.min(Math.min(red, green), blue);
      double hue = hue(red, green, blue, most, chroma) + 6 * share;
      turned[i] = sample(most, chroma, hue);
      turned[count + i] = sample(most, chroma, hue - 2);
      turned[2 * count + i] = sample(most, chroma, hue - 4);
    }
    return turned;
  }

  /** The hue in sixths of the circle, from -1 to 5: red is 0, green 2, blue 4. */
  private static double hue(int red, int green, int blue, int most, int chroma) {
    if (chroma == 0) {
      return 0;
    }
    if (most == red) {
      return (double) (green - blue) / chroma;
    }
    return most == green ? 2 + (double) (blue - red) / chroma : 4 + (double) (red - green) / chroma;
  }

  /**
   * A channel's sample: the most up to a sixth of the circle away from its own hue, the least from
   * two sixths on, and falling between.
   *
   * @param beyond how far the hue is beyond the channel's, in sixths, less than nine to either side
   */
  private static byte sample(int most, int chroma, double beyond) {
    double distance = Math.abs(beyond);
    double onCircle = Math.min(distance, Math.abs(6 - distance));
    double lacking = Math.min(Math.max(onCircle - 1, 0), 1);
    return (byte) (most - chroma * lacking + 0.5);
  }
}
