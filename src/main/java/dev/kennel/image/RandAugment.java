package dev.kennel.image;

import java.util.SplittableRandom;

/**
 * Applies some of fourteen operations, drawn anew each time, all of the same magnitude: RandAugment
 * (Cubuk et al. 2019) with torchvision's operations and their strengths.
 *
 * <p>Draws the operation and, if it goes both ways, the way; then those of the next.
 *
 * @param numOps how many, one after another
 * @param magnitude from 0 to 30
 */
record RandAugment(int numOps, int magnitude) implements PixelOperation {
  /** The greatest magnitude, that of torchvision's 31 bins. */
  static final int MOST = 30;

  /** The operations, by torchvision's names. */
  enum Operation {
    IDENTITY(false),
    SHEAR_X(true),
    SHEAR_Y(true),
    TRANSLATE_X(true),
    TRANSLATE_Y(true),
    ROTATE(true),
    BRIGHTNESS(true),
    COLOR(true),
    CONTRAST(true),
    SHARPNESS(true),
    POSTERIZE(false),
    SOLARIZE(false),
    AUTO_CONTRAST(false),
    EQUALIZE(false);

    private final boolean signed;

    Operation(boolean signed) {
      this.signed = signed;
    }

    /**
     * Applies it.
     *
     * @param strength share of the greatest, in [0, 1]; in [-1, 1] if it goes both ways
     */
    byte[] apply(byte[] pixels, int size, double strength) {
      return switch (this) {
        case IDENTITY -> pixels;
        case SHEAR_X -> Affine.shearX(0.3 * strength).apply(pixels, size);
        case SHEAR_Y -> Affine.shearY(0.3 * strength).apply(pixels, size);
        case TRANSLATE_X -> Affine.translation(shift(size, strength), 0).apply(pixels, size);
        case TRANSLATE_Y -> Affine.translation(0, shift(size, strength)).apply(pixels, size);
        case ROTATE -> Affine.rotation(30 * strength, size).apply(pixels, size);
        case BRIGHTNESS -> Enhancement.brightness(pixels, 1 + 0.9 * strength);
        case COLOR -> Enhancement.saturation(pixels, 1 + 0.9 * strength);
        case CONTRAST -> Enhancement.contrast(pixels, 1 + 0.9 * strength);
        case SHARPNESS -> Enhancement.sharpness(pixels, size, 1 + 0.9 * strength);
        case POSTERIZE -> Tones.posterize(pixels, 8 - (int) Math.rint(4 * strength));
        case SOLARIZE -> Tones.solarize(pixels, 255 * (1 - strength));
        case AUTO_CONTRAST -> Tones.autocontrast(pixels);
        case EQUALIZE -> Tones.equalize(pixels);
      };
    }

    /** In pixels, towards 0: the paper's 150 of 331. */
    private static int shift(int size, double strength) {
      return (int) (150.0 / 331.0 * size * strength);
    }
  }

  private static final Operation[] OPERATIONS = Operation.values();

  @Override
  public byte[] apply(byte[] pixels, int size, SplittableRandom random) {
    byte[] changed = pixels;
    for (int i = 0; i < numOps; i++) {
      Operation operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
      boolean reversed = operation.signed && random.nextBoolean();
      double strength = (double) magnitude / MOST;
      changed = operation.apply(changed, size, reversed ? -strength : strength);
    }
    return changed;
  }
}
