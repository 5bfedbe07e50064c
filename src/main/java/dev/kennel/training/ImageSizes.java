package dev.kennel.training;

import dev.kennel.config.ProgressiveResizingSettings;
import dev.kennel.config.Settings;
import dev.kennel.config.UserError;
import dev.kennel.network.Network;
import java.io.Serializable;

/**
 * The size of training images in every step: small ones first, which take less time, then growing
 * ones, then those of the network's input (progressive resizing, as in Howard's <i>fast.ai</i> of
 * 2018; the settings are those of MosaicML's Composer).
 *
 * @param full the network's input, in pixels
 * @param initial of the first images
 * @param growFrom the step at which they begin to grow
 * @param growTo the step from which they are of full size
 * @param increment what sizes in between are multiples of
 */
public record ImageSizes(int full, int initial, int growFrom, int growTo, int increment)
    implements Serializable {
  /** As {@code image-size}. */
  private static final int LEAST = 8;

  /** All of one size. */
  public static ImageSizes of(int size) {
    return new ImageSizes(size, size, 0, 0, 1);
  }

  /**
   * Those of a training.
   *
   * @param full of the network's input
   * @param steps of the whole training
   */
  static ImageSizes of(ProgressiveResizingSettings settings, int full, int steps) {
    if (!settings.isOn()) {
      return of(full);
    }
    return new ImageSizes(
        full,
        down(settings.initialScale() * full, settings.sizeIncrement()),
        (int) Math.round(settings.delayFraction() * steps),
        (int) Math.round((1 - settings.finetuneFraction()) * steps),
        settings.sizeIncrement());
  }

  /**
   * Checks that the networks of a run take images of several sizes, and none is too small.
   *
   * @throws UserError if not
   */
  public static void check(Settings settings) {
    if (!settings.progressiveResizing().isOn()) {
      return;
    }
    settings
        .networks()
        .forEach(
            (name, own) -> {
              if (!Network.of(name).takesAnySize()) {
                throw new UserError(
                    "Cannot use progressive-resizing with "
                        + name
                        + ", whose parameters are for images of one size; leave it out of networks");
              }
              int first = of(settings.progressiveResizing(), own.imageSize(), 1).initial();
              if (first < LEAST) {
                throw new UserError(
                    "Cannot begin with images of %d px: use a larger progressive-resizing.initial-scale, or image-size"
                        .formatted(first));
              }
            });
  }

  /** That of a step, counted from 0 over the whole training. */
  int at(int step) {
    if (step >= growTo) {
      return full;
    }
    if (step < growFrom) {
      return initial;
    }
    double grown = (double) (step - growFrom) / (growTo - growFrom);
    return Math.max(initial, down(initial + grown * (full - initial), increment));
  }

  private static int down(double size, int increment) {
    return (int) (size + 1e-9) / increment * increment;
  }
}
