package dev.kennel.image;

import java.util.Optional;
import java.util.SplittableRandom;

/** A rectangle in a square image, in pixels. */
record Box(int left, int top, int width, int height) {
  private static final int TRIES = 10;

  /**
   * Draws a rectangle as torchvision's {@code RandomResizedCrop} and {@code RandomErasing} do.
   *
   * @param size side of the image
   * @param scale share of its area
   * @param ratio width by height
   * @param longest the longest side that is taken
   * @return none if ten were drawn and each was too long, or less than a pixel
   */
  static Optional<Box> draw(
      int size, Range scale, Range ratio, int longest, SplittableRandom random) {
    for (int i = 0; i < TRIES; i++) {
      double area = scale.draw(random) * size * size;
      double aspect = ratio.drawByLogarithm(random);
      int width = (int) Math.rint(Math.sqrt(area * aspect));
      int height = (int) Math.rint(Math.sqrt(area / aspect));
      if (Math.min(width, height) >= 1 && Math.max(width, height) <= longest) {
        int left = random.nextInt(size - width + 1);
        int top = random.nextInt(size - height + 1);
        return Optional.of(new Box(left, top, width, height));
      }
    }
    return Optional.empty();
  }

  /** Mirrored at the diagonal. */
  Box transposed() {
    return new Box(top, left, height, width);
  }
}
