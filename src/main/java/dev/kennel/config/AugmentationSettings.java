package dev.kennel.config;

import com.typesafe.config.Config;
import java.util.Optional;

/**
 * How training images are varied. Names and values are torchvision's.
 *
 * @param crop random crops, resized to the image's size
 * @param jitter changes of colour
 * @param randAugment operations drawn from a set
 * @param shift the farthest they are shifted in each direction, as a share of the side, in [0, 0.5]
 * @param flip flips half of them left to right
 * @param erasing covers a part
 * @param mixupAlpha mixes a batch's images: α of the shares' distribution; 0: not
 * @param cutmixAlpha patches a batch's images: α of the areas' distribution; 0: not
 */
public record AugmentationSettings(
    RandomResizedCrop crop,
    ColorJitter jitter,
    RandAugment randAugment,
    double shift,
    boolean flip,
    RandomErasing erasing,
    double mixupAlpha,
    double cutmixAlpha) {
  public AugmentationSettings {
    Checks.that(
        shift >= 0 && shift <= 0.5,
        "Cannot use augmentation.shift %s: it is a share of the side from 0 to 0.5",
        shift);
    notNegative("mixup-alpha", mixupAlpha);
    notNegative("cutmix-alpha", cutmixAlpha);
  }

  /**
   * {@code RandomResizedCrop}.
   *
   * @param scale share of the area, in (0, 1]; empty: no crops
   * @param ratio width by height
   */
  public record RandomResizedCrop(Optional<RangeSettings> scale, RangeSettings ratio) {
    public RandomResizedCrop {
      scale.ifPresent(
          range ->
              Checks.that(
                  range.from() > 0 && range.isWithin(0, 1),
                  "Cannot use augmentation.random-resized-crop.scale %s: it is two shares of the"
                      + " area, [least, most], above 0 and up to 1; null for no crop",
                  range));
      checkRatio("random-resized-crop", ratio);
    }
  }

  /**
   * {@code ColorJitter}; 0 leaves a property alone.
   *
   * @param brightness the factor lies this far around 1
   * @param contrast the same
   * @param saturation the same
   * @param hue share of the circle by which hues are turned to either side, in [0, 0.5]
   */
  public record ColorJitter(double brightness, double contrast, double saturation, double hue) {
    public ColorJitter {
      notNegative("brightness", brightness);
      notNegative("contrast", contrast);
      notNegative("saturation", saturation);
      Checks.that(
          hue >= 0 && hue <= 0.5,
          "Cannot use augmentation.hue %s: it is a share of the circle of hues from 0 to 0.5",
          hue);
    }

    /** Whether any is changed. */
    public boolean isOn() {
      return brightness > 0 || contrast > 0 || saturation > 0 || hue > 0;
    }
  }

  /**
   * {@code RandAugment}.
   *
   * @param numOps operations an image; 0: none
   * @param magnitude how strong they are, from 0 to 30
   */
  public record RandAugment(int numOps, int magnitude) {
    public RandAugment {
      Checks.that(
          numOps >= 0, "Cannot use augmentation.randaugment.num-ops %s: it is 0 or more", numOps);
      Checks.that(
          magnitude >= 0 && magnitude <= 30,
          "Cannot use augmentation.randaugment.magnitude %s: it is 0 to 30",
          magnitude);
    }
  }

  /**
   * {@code RandomErasing}.
   *
   * @param probability share of the images that lose a part
   * @param scale the part's share of the area, in [0, 1]
   * @param ratio its height by its width
   */
  public record RandomErasing(double probability, RangeSettings scale, RangeSettings ratio) {
    public RandomErasing {
      Checks.that(
          probability >= 0 && probability <= 1,
          "Cannot use augmentation.random-erasing.probability %s: it lies from 0 to 1",
          probability);
      Checks.that(
          scale.isWithin(0, 1),
          "Cannot use augmentation.random-erasing.scale %s: it is two shares of the area, [least,"
              + " most], from 0 to 1",
          scale);
      checkRatio("random-erasing", ratio);
    }
  }

  /** The settings under {@code augmentation}. */
  static AugmentationSettings of(Config c) {
    return new AugmentationSettings(
        new RandomResizedCrop(
            c.hasPath("augmentation.random-resized-crop.scale")
                ? Optional.of(RangeSettings.of(c, "augmentation.random-resized-crop.scale"))
                : Optional.empty(),
            RangeSettings.of(c, "augmentation.random-resized-crop.ratio")),
        new ColorJitter(
            c.getDouble("augmentation.brightness"),
            c.getDouble("augmentation.contrast"),
            c.getDouble("augmentation.saturation"),
            c.getDouble("augmentation.hue")),
        new RandAugment(
            SettingsLoader.integer(c, "augmentation.randaugment.num-ops"),
            SettingsLoader.integer(c, "augmentation.randaugment.magnitude")),
        c.getDouble("augmentation.shift"),
        c.getBoolean("augmentation.flip"),
        new RandomErasing(
            c.getDouble("augmentation.random-erasing.probability"),
            RangeSettings.of(c, "augmentation.random-erasing.scale"),
            RangeSettings.of(c, "augmentation.random-erasing.ratio")),
        c.getDouble("augmentation.mixup-alpha"),
        c.getDouble("augmentation.cutmix-alpha"));
  }

  private static void notNegative(String key, double value) {
    Checks.that(
        value >= 0 && Double.isFinite(value),
        "Cannot use augmentation.%s %s: it is 0 or more",
        key,
        value);
  }

  private static void checkRatio(String key, RangeSettings ratio) {
    Checks.that(
        ratio.from() > 0 && ratio.isWithin(0, Double.MAX_VALUE),
        "Cannot use augmentation.%s.ratio %s: it is two numbers above 0, [least, most]",
        key,
        ratio);
  }
}
