package dev.kennel.training;

import dev.kennel.config.EarlyStoppingSettings;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether a training has ended before its last epoch: because its images for validation have not
 * been answered better for a while (Prechelt 1998, "Early Stopping - But When?"), or because its
 * parameters are numbers no more, which they never become again. What it says of an epoch depends
 * on the epochs up to that one alone, so that a training which goes back to a checkpoint, or is
 * resumed, ends where it would have ended.
 */
public final class EarlyStopping {
  private final EarlyStoppingSettings settings;
  private final Map<Integer, Double> measured = new TreeMap<>(); // by epoch; more is better
  private int diverged = Integer.MAX_VALUE; // the first epoch whose loss is NaN

  /** Of a training that is at its start. */
  public EarlyStopping(EarlyStoppingSettings settings) {
    this.settings = settings;
  }

  /** Notes the mean loss of an epoch's training images. */
  public void noteTraining(int epoch, double loss) {
    if (Double.isNaN(loss)) {
      diverged = Math.min(diverged, epoch);
    }
  }

  /** Notes what the images for validation came to after an epoch. */
  public void note(int epoch, double accuracy, double loss) {
    // A loss that is no number is worse than any.
    double value = settings.measure().equals("loss") ? -loss : accuracy;
    measured.put(epoch, Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value);
  }

  /** Whether the training ends with that epoch, all up to it being noted. */
  public boolean endsWith(int epoch) {
    return hasDiverged(epoch)
        || (settings.isOn() && epoch > 0 && epoch - best(epoch) >= settings.patience());
  }

  /** Whether the training's loss was NaN in that epoch, or in one before. */
  public boolean hasDiverged(int epoch) {
    return epoch >= diverged;
  }

  /** The epoch, up to that one, which no later one has surpassed. */
  public int best(int epoch) {
    int best = 1;
    for (int next = 2; next <= epoch; next++) {
      if (measured.get(next) > measured.get(best) + settings.minDelta()) {
        best = next;
      }
    }
    return best;
  }
}
