package dev.kennel.image;

/**
 * The pixels of an image, a row at a time, in an order that lets Java vectorize what is done to
 * them: all blues, then all greens, then all reds, and of each first the pixels in even columns,
 * then those in odd ones.
 */
interface Pixels {
  /**
   * Reads some pixels of a row.
   *
   * @param y the row
   * @param from the first column, even
   * @param count how many, even; what lies behind the last column is anything
   * @param target [3, 2, count / 2], where the samples go: 0 to 255
   */
  void read(int y, int from, int count, int[] target);

  /** Where a channel (0 blue, 1 green, 2 red) of the pixel {@code x} behind the first is. */
  static int index(int channel, int x, int count) {
    return channel * count + (x & 1) * (count / 2) + x / 2;
  }
}
