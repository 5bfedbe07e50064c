package dev.kennel.image;

/**
 * Brightness, contrast, saturation and sharpness, as torchvision's {@code adjust_…} functions and
 * Pillow's {@code ImageEnhance} define them: an image that lacks the property is mixed with the
 * image by a factor. 0 gives the one, 1 the other, more exaggerates; samples are cut off at 0 and
 * 255, and rounded down.
 */
final class Enhancement {
  private Enhancement() {}

  /** What lacks it is black. */
  static byte[] brightness(byte[] pixels, double factor) {
    return awayFrom(0, pixels, factor);
  }

  /** What lacks it is the mean grey of the whole image. */
  static byte[] contrast(byte[] pixels, double factor) {
    int count = pixels.length / RgbImage.CHANNELS;
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += grey(pixels, i, count);
    }
    return awayFrom((int) ((double) sum / count + 0.5), pixels, factor);
  }

  /** What lacks it is each pixel's grey. */
  static byte[] saturation(byte[] pixels, double factor) {
    int count = pixels.length / RgbImage.CHANNELS;
    byte[] changed = new byte[pixels.length];
    for (int i = 0; i < count; i++) {
      int grey = grey(pixels, i, count);
      for (int at = i; at < pixels.length; at += count) {
        changed[at] = mix(grey, pixels[at] & 0xff, (float) factor);
      }
    }
    return changed;
  }

  /** What lacks it is blurred, but for the outermost pixels. */
  static byte[] sharpness(byte[] pixels, int size, double factor) {
    byte[] changed = pixels.clone();
    for (int plane = 0; plane < pixels.length; plane += size * size) {
      for (int y = 1; y < size - 1; y++) {
        for (int at = plane + y * size + 1; at < plane + (y + 1) * size - 1; at++) {
          changed[at] = mix(blurred(pixels, at, size), pixels[at] & 0xff, (float) factor);
        }
      }
    }
    return changed;
  }

  /** The mean of nine pixels, in which the one in the middle counts five times. */
  private static int blurred(byte[] pixels, int at, int size) {
    int sum = 4 * (pixels[at] & 0xff);
    for (int row = at - size; row <= at + size; row += size) {
      sum += (pixels[row - 1] & 0xff) + (pixels[row] & 0xff) + (pixels[row + 1] & 0xff);
    }
    return (2 * sum + 13) / 26; // to the nearest
  }

  private static byte[] awayFrom(int lacking, byte[] pixels, double factor) {
    return Tones.replace(pixels, value -> mix(lacking, value, (float) factor));
  }

  private static byte mix(int lacking, int value, float factor) {
    return (byte) Math.min(Math.max(lacking + factor * (value - lacking), 0), 255);
  }

  /** ITU-R 601-2 luma, as Pillow rounds it. */
  private static int grey(byte[] pixels, int i, int count) {
    int red = pixels[i] & 0xff;
    int green = pixels[count + i] & 0xff;
    int blue = pixels[2 * count + i] & 0xff;
    return (19595 * red + 38470 * green + 7471 * blue + (1 << 15)) >> 16;
  }
}
