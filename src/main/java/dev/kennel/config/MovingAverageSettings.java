package dev.kennel.config;

import java.io.Serializable;

/**
 * The exponential moving average of a network's parameters.
 *
 * @param isOn whether it is kept, and is the model
 * @param steps between two updates; those of an epoch, if it has fewer
 * @param decay what it keeps of itself at an update, in [0, 1)
 */
public record MovingAverageSettings(boolean isOn, int steps, double decay) implements Serializable {
  public MovingAverageSettings {
    Checks.that(steps >= 1, "Cannot use model-ema-steps %s: it is 1 or more", steps);
    Checks.that(decay >= 0 && decay < 1, "Cannot use model-ema-decay %s: it lies in [0, 1)", decay);
  }

  /** With an update in every epoch of so many steps, at least. */
  public MovingAverageSettings inEpochsOf(int stepsOfEpoch) {
    return new MovingAverageSettings(isOn, Math.min(steps, stepsOfEpoch), decay);
  }
}
