package dev.kennel.image;

/**
 * Pixels that are stored as they are.
 *
 * @param samples [height, width, 3]: blue, green, red
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredPixels(int width, byte[] samples) implements Pixels {
  @Override
  public void read(int y, int from, int count, int[] target) {
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      int first = (y * width + from) * RgbImage.CHANNELS + channel;
      int to = channel * count;
      for (int x = 0; x < Math.min(count, width - from); x++) {
        int at = to + (x & 1) * (count / 2) + x / 2;
        target[at] = samples[first + x * RgbImage.CHANNELS] & 0xff;
      }
    }
  }
}
