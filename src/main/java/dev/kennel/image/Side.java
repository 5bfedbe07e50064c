package dev.kennel.image;

/**
 * The width or the height of an image, whose samples may each stand for several pixels.
 *
 * @param length in pixels
 * @param reduction how many pixels a sample stands for; the last may stand for fewer
 * @param first where the first pixel begins, in samples: not at 0 if the last was mirrored to here
 */
record Side(int length, int reduction, double first) {
  /** A side that has a sample for each pixel. */
  static Side inFull(int length) {
    return new Side(length, 1, 0);
  }

  int samples() {
    return (length + reduction - 1) / reduction;
  }

  /** The sample that stands for a pixel. */
  int sample(int pixel) {
    return (int) (first + (pixel + 0.5) / reduction);
  }

  Side mirrored() {
    return new Side(length, reduction, samples() - (double) length / reduction - first);
  }
}
