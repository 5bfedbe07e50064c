package dev.kennel.config;

/**
 * How the learning rate changes over the training; {@code LearningRateSchedule} computes it.
 *
 * @param name which of the schedules
 * @param warmUp share of all steps in which the rate rises to its peak, in [0, 1); all but constant
 * @param initialDivisor the warm-up starts from the peak divided by this
 * @param finalDivisor one-cycle and cosine end at the peak divided by this
 * @param stepEpochs step: epochs between two drops
 * @param stepFactor step: what a drop multiplies the rate by, in (0, 1]
 */
public record ScheduleSettings(
    Name name,
    double warmUp,
    double initialDivisor,
    double finalDivisor,
    int stepEpochs,
    double stepFactor) {
  /** The schedules, by the name that settings give them. */
  public enum Name {
    CONSTANT,
    STEP,
    COSINE,
    ONE_CYCLE
  }

  public ScheduleSettings {
    Checks.that(
        warmUp >= 0 && warmUp < 1, "Cannot use schedule.warm-up %s: it lies in [0, 1)", warmUp);
    Checks.that(
        initialDivisor >= 1,
        "Cannot use schedule.initial-divisor %s: it is 1 or more",
        initialDivisor);
    Checks.that(
        finalDivisor >= 1, "Cannot use schedule.final-divisor %s: it is 1 or more", finalDivisor);
    Checks.that(stepEpochs >= 1, "Cannot use schedule.step-epochs %s: it is 1 or more", stepEpochs);
    Checks.that(
        stepFactor > 0 && stepFactor <= 1,
        "Cannot use schedule.step-factor %s: it lies in (0, 1]",
        stepFactor);
  }

  /** Whether the rate rises to its peak, or begins there. */
  public boolean hasWarmUp() {
    return name != Name.CONSTANT && warmUp > 0;
  }

  /** How many of all steps the warm-up has, rounded; none, where the rate is constant. */
  public int warmUpSteps(int all) {
    return name == Name.CONSTANT ? 0 : (int) Math.round(warmUp * all);
  }
}
