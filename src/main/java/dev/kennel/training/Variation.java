package dev.kennel.training;

import dev.kennel.config.AugmentationSettings;
import dev.kennel.config.RangeSettings;
import dev.kennel.image.Augmentation;
import dev.kennel.image.BatchMixing;
import dev.kennel.image.Range;
import java.util.SplittableRandom;

/** How a run varies its training images, as its settings say. */
public final class Variation {
  private Variation() {}

  /** What is done to each image of that size. */
  public static Augmentation ofImages(AugmentationSettings settings, int imageSize) {
    Augmentation augmentation =
        new Augmentation((int) (settings.shift() * imageSize), settings.flip());
    if (settings.crop().scale().isPresent()) {
      Range scale = range(settings.crop().scale().get());
      augmentation = augmentation.withRandomResizedCrop(scale, range(settings.crop().ratio()));
    }
    AugmentationSettings.ColorJitter jitter = settings.jitter();
    if (jitter.isOn()) {
      augmentation =
          augmentation.withColorJitter(
              jitter.brightness(), jitter.contrast(), jitter.saturation(), jitter.hue());
    }
    AugmentationSettings.RandAugment randAugment = settings.randAugment();
    if (randAugment.numOps() > 0) {
      augmentation = augmentation.withRandAugment(randAugment.numOps(), randAugment.magnitude());
    }
    AugmentationSettings.RandomErasing erasing = settings.erasing();
    return augmentation.withRandomErasing(
        erasing.probability(), range(erasing.scale()), range(erasing.ratio()));
  }

  /** What is done to each batch after that. */
  public static BatchMixing ofBatches(AugmentationSettings settings) {
    return new BatchMixing(settings.mixupAlpha(), settings.cutmixAlpha());
  }

  /**
   * The seed of an image or a worker in an epoch.
   *
   * @param run the run's seed
   * @param epoch counted from 1
   * @param of the image's id, or -1 less the worker's number
   */
  public static long seed(long run, int epoch, int of) {
    return new SplittableRandom(run + (((long) epoch << 32) ^ of)).nextLong();
  }

  /** The seed by which the batch of a step of a worker is mixed, both counted from 0. */
  public static long batchSeed(long run, int epoch, int worker, int step) {
    return seed(run, epoch, -1 - worker) + step;
  }

  private static Range range(RangeSettings settings) {
    return new Range(settings.from(), settings.to());
  }
}
