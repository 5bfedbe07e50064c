package dev.kennel.config;

/**
 * When a network's training ends before its last epoch, by its images for validation.
 *
 * @param patience epochs without a better one after which it ends; 0: it does not
 * @param measure of what is better: accuracy or loss
 * @param minDelta by how much it has to be better
 */
public record EarlyStoppingSettings(int patience, String measure, double minDelta) {
  public EarlyStoppingSettings {
    Checks.that(patience >= 0, "Cannot use early-stopping.patience %s: it is 0 or more", patience);
    Checks.that(
        measure.equals("accuracy") || measure.equals("loss"),
        "Cannot use early-stopping.measure %s: it is accuracy or loss",
        measure);
    Checks.that(minDelta >= 0, "Cannot use early-stopping.min-delta %s: it is 0 or more", minDelta);
  }

  /** Whether a training may end early at all. */
  public boolean isOn() {
    return patience > 0;
  }
}
