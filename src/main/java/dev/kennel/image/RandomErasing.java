package dev.kennel.image;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * Covers a rectangle of a normalized image with 0, the mean colour, as torchvision's {@code
 * RandomErasing} does with its value 0 (Zhong et al. 2017).
 *
 * <p>Draws whether to; then share, ratio, row and column of the rectangle, and up to ten times
 * again while it does not fit. After that the image stays whole.
 *
 * @param probability of an image to lose a part, in [0, 1]
 * @param scale the part's share of the area, in [0, 1]
 * @param ratio its height by its width
 */
record RandomErasing(double probability, Range scale, Range ratio) implements Serializable {
  static final RandomErasing NONE = new RandomErasing(0, new Range(0, 0), new Range(1, 1));

  /** Erases from an image [3, size, size]. */
  void apply(FloatBuffer image, int size, SplittableRandom random) {
    if (probability > 0 && random.nextDouble() < probability) {
      Box.draw(size, scale, ratio, size - 1, random)
          .ifPresent(box -> erase(image, size, box.transposed()));
    }
  }

  static void erase(FloatBuffer image, int size, Box box) {
    float[] mean = new float[box.width()];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      for (int y = box.top(); y < box.top() + box.height(); y++) {
        image.put((channel * size + y) * size + box.left(), mean);
      }
    }
  }
}
