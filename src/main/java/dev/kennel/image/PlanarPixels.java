package dev.kennel.image;

/**
 * Pixels of a part of a prepared square.
 *
 * @param planes unsigned bytes [3, size, size]: red, green, blue
 * @param left the square's column that is the first here
 * @param top the square's row that is the first here
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PlanarPixels(byte[] planes, int size, int left, int top) implements Pixels {
  @Override
  public void read(int y, int from, int count, int[] target) {
    int columns = Math.min(count, size - left - from);
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      int plane = RgbImage.CHANNELS - 1 - channel; // there blue is the last
      int first = (plane * size + top + y) * size + left + from;
      for (int x = 0; x < columns; x++) {
        target[Pixels.index(channel, x, count)] = planes[first + x] & 0xff;
      }
    }
  }
}
