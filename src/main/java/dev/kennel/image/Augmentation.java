package dev.kennel.image;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes an image into a network's input, normalized by the mean and standard deviation of
 * ImageNet's channels, and varies it on the way.
 *
 * <p>An image's seed decides on all that is drawn for it, the same on every machine. In order:
 * operations on pixels, one after another as they were added; how far to the right and down the
 * image is shifted; whether it is flipped; what is erased from it once it is normalized.
 */
public final class Augmentation implements Serializable {
  private static final long serialVersionUID = 1;

  /** Every image as it is: for testing and for prediction. */
  public static final Augmentation NONE = new Augmentation(0, false);

  /** ImageNet's mean of red, green and blue, scaled to [0, 1]. */
  public static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);

  /** ImageNet's standard deviation of red, green and blue. */
  public static final List<Double> STANDARD_DEVIATION = List.of(0.229, 0.224, 0.225);

  private static final float[][] NORMALIZED = normalized();

  private final int shift;
  private final boolean flip;
  private final List<PixelOperation> operations;
  private final RandomErasing erasing;

  /**
   * Shifts and flips alone, which cost nothing beyond writing the image.
   *
   * @param shift the most pixels by which an image moves in each direction; what it uncovers is 0,
   *     the mean colour
   * @param flip whether half the images are mirrored left to right
   */
  public Augmentation(int shift, boolean flip) {
    this(shift, flip, List.of(), RandomErasing.NONE);
  }

  private Augmentation(
      int shift, boolean flip, List<PixelOperation> operations, RandomErasing erasing) {
    if (shift < 0) {
      throw new IllegalArgumentException(
          "Cannot shift images by up to " + shift + " pixels: a shift is 0 or more");
    }
    this.shift = shift;
    this.flip = flip;
    this.operations = operations;
    this.erasing = erasing;
  }

  /**
   * Crops and resizes too: torchvision's {@code RandomResizedCrop}.
   *
   * @param scale the crop's share of the area, in (0, 1]
   * @param ratio its width by its height, above 0
   */
  public Augmentation withRandomResizedCrop(Range scale, Range ratio) {
    return with(new RandomResizedCrop(scale, ratio));
  }

  /**
   * Changes colours too: torchvision's {@code ColorJitter}.
   *
   * @param brightness the factor lies this far around 1; 0 or more
   * @param contrast the same
   * @param saturation the same
   * @param hue how far it is turned to either side, as a share of the circle, in [0, 0.5]
   */
  public Augmentation withColorJitter(
      double brightness, double contrast, double saturation, double hue) {
    return with(new ColorJitter(brightness, contrast, saturation, hue));
  }

  /**
   * Applies operations drawn from fourteen too: torchvision's {@code RandAugment}.
   *
   * @param numOps how many, one after another
   * @param magnitude of all of them, from 0 to 30
   */
  public Augmentation withRandAugment(int numOps, int magnitude) {
    return with(new RandAugment(numOps, magnitude));
  }

  private Augmentation with(PixelOperation operation) {
    List<PixelOperation> more = new ArrayList<>(operations);
    more.add(operation);
    return new Augmentation(shift, flip, List.copyOf(more), erasing);
  }

  /**
   * Covers a part with the mean colour too: torchvision's {@code RandomErasing} of value 0.
   *
   * @param probability of an image to lose a part, in [0, 1]
   * @param scale the part's share of the area, in [0, 1]
   * @param ratio its height by its width, above 0
   */
  public Augmentation withRandomErasing(double probability, Range scale, Range ratio) {
    return new Augmentation(shift, flip, operations, new RandomErasing(probability, scale, ratio));
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
   * @param seed decides on what is drawn, alone
   * @param out where [3, size, size] floats go, from its index 0 on
   */
  public void write(byte[] pixels, int size, long seed, FloatBuffer out) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] varied = pixels;
    for (PixelOperation operation : operations) {
      varied = operation.apply(varied, size, random);
    }
    int right = random.nextInt(-shift, shift + 1);
    int down = random.nextInt(-shift, shift + 1);
    write(varied, size, right, down, flip && random.nextBoolean(), out);
    erasing.apply(out, size, random);
  }

  /**
   * Writes an image mirrored left to right, and otherwise as it is.
   *
   * @param pixels [3, size, size], unsigned bytes
   * @param size height and width
   * @param out gets [3, size, size], normalized
   */
  public static void writeMirrored(byte[] pixels, int size, FloatBuffer out) {
    write(pixels, size, 0, 0, true, out);
  }

  /** Moves the image, then mirrors it. */
  static void write(byte[] pixels, int size, int right, int down, boolean mirror, FloatBuffer out) {
    float[] uncovered = new float[size];
    float[] row = new float[size]; // made in the cache, and copied in one piece
    int left = Math.max(right, 0); // of the columns that stay covered
    int end = Math.min(size + right, size);
    int step = mirror ? -1 : 1;
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      float[] table = NORMALIZED[channel];
      for (int y = 0; y < size; y++) {
        int at = (channel * size + y) * size;
        if (y < down || y >= size + down) {
          out.put(at, uncovered);
        } else {
          int from = at - down * size - right;
          int to = mirror ? size - 1 - left : left;
          for (int x = left; x < end; x++, to += step) {
            row[to] = table[pixels[from + x] & 0xff];
          }
          out.put(at, row);
        }
      }
    }
  }
}
