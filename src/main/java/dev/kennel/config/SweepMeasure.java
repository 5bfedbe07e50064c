package dev.kennel.config;

import java.util.Comparator;

/** What candidates of a sweep are ranked by, of the validation part, after their last epoch. */
public enum SweepMeasure {
  /** The share of images that were answered rightly; more is better. */
  ACCURACY,
  /** The mean cross entropy; less is better. */
  LOSS;

  /** What a network came to on the validation images. */
  public interface Measured {
    /** Share of right answers, 0 to 1. */
    double accuracy();

    /** Mean cross entropy, in nats; not finite where the training diverged. */
    double loss();

    /** Whether the training diverged: its figures say nothing. */
    default boolean isDiverged() {
      return !Double.isFinite(loss());
    }
  }

  /** The better first; all that diverged after the others. Equals keep their order in a sort. */
  public Comparator<Measured> bestFirst() {
    Comparator<Measured> byValue =
        this == ACCURACY
            ? Comparator.comparingDouble(Measured::accuracy).reversed()
            : Comparator.comparingDouble(Measured::loss);
    return Comparator.comparing(Measured::isDiverged).thenComparing(byValue);
  }
}
