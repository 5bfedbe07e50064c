package dev.kennel.image;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes an image into a network's input, normalized by the mean and standard deviation of
 * ImageNet's channels, and varies it on the way.
 *
 * @param shift the most pixels by which an image moves in each direction; what it uncovers is 0,
 *     the mean colour
 * @param flip whether half the images are mirrored left to right
 */
public record Augmentation(int shift, boolean flip) implements Serializable {
  /** Every image as it is: for testing and for prediction. */
  public static final Augmentation NONE = new Augmentation(0, false);

  /** ImageNet's mean of red, green and blue, scaled to [0, 1]. */
  public static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);

  /** ImageNet's standard deviation of red, green and blue. */
  public static final List<Double> STANDARD_DEVIATION = List.of(0.229, 0.224, 0.225);

  private static final float[][] NORMALIZED = normalized();

  public Augmentation {
    if (shift < 0) {
      throw new IllegalArgumentException(
          "Cannot shift images by up to " + shift + " pixels: a shift is 0 or more");
    }
  }

  private static float[][] normalized() {
    float[][] table = new float[RgbImage.CHANNELS][256];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      for (int value = 0; value < 256; value++) {
        table[channel][value] =
            (float) ((value / 255.0 - MEAN.get(channel)) / STANDARD_DEVIATION.get(channel));
      }
    }
    return table;
  }

  /**
   * Writes one image.
   *
   * @param pixels unsigned bytes [3, size, size], as {@link RgbImage#square} gives them
   * @param seed decides on shift and flip, alone
   * @param out where [3, size, size] floats go, from {@code offset} on
   */
  public void write(byte[] pixels, int size, long seed, float[] out, int offset) {
    SplittableRandom random = new SplittableRandom(seed);
    int right = random.nextInt(-shift, shift + 1);
    int down = random.nextInt(-shift, shift + 1);
    write(pixels, size, right, down, flip && random.nextBoolean(), out, offset);
  }

  /** Moves the image, then mirrors it. */
  static void write(
      byte[] pixels, int size, int right, int down, boolean mirror, float[] out, int offset) {
    int length = RgbImage.CHANNELS * size * size;
    if (right != 0 || down != 0) {
      Arrays.fill(out, offset, offset + length, 0);
    }
    int left = Math.max(right, 0); // of the columns that stay covered
    int end = Math.min(size + right, size);
    int step = mirror ? -1 : 1;
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      float[] table = NORMALIZED[channel];
      for (int y = Math.max(down, 0); y < Math.min(size + down, size); y++) {
        int from = (channel * size + y - down) * size - right;
        int to = offset + (channel * size + y) * size + (mirror ? size - 1 - left : left);
        for (int x = left; x < end; x++, to += step) {
          out[to] = table[pixels[from + x] & 0xff];
        }
      }
    }
  }
}
