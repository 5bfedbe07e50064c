package dev.kennel.sweep;

import dev.kennel.config.SweepCandidate;
import dev.kennel.config.SweepMeasure;

/**
 * A candidate that was trained.
 *
 * @param epochs that it was trained for
 * @param accuracy on the validation images after the last epoch, 0 to 1
 * @param loss the mean cross entropy there, in nats; not finite if the training diverged
 * @param testAccuracy on the test images, which rank nothing, 0 to 1
 * @param trainSeconds of all epochs
 */
public record Trial(
    SweepCandidate candidate,
    String runId,
    int epochs,
    double accuracy,
    double loss,
    double testAccuracy,
    double trainSeconds)
    implements SweepMeasure.Measured {}
