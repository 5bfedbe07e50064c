package dev.kennel.training;

import dev.kennel.config.ScheduleSettings;
import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The learning rate of every step. With t the share of all steps that are done:
 *
 * <ul>
 *   <li>constant: the peak.
 *   <li>step: the peak times {@code stepFactor} for every {@code stepEpochs} that are done.
 *   <li>cosine: from the peak down to its {@code finalDivisor}-th along half a cosine (Loshchilov
 *       and Hutter 2016, arXiv 1608.03983, without restarts).
 *   <li>one-cycle (Smith and Topin 2017, arXiv 1708.07120), as PyTorch's {@code OneCycleLR} with
 *       cosine annealing and unchanged momentum, except that the final rate is the peak's {@code
 *       finalDivisor}-th.
 * </ul>
 *
 * <p>All but constant begin with a warm-up from the peak's {@code initialDivisor}-th: along half a
 * cosine for one-cycle, linear for the others. Its class name is part of every saved configuration.
 */
public final class LearningRateSchedule implements ISchedule {
  private static final long serialVersionUID = 1;

  @JsonProperty private final ScheduleSettings.Name name;
  @JsonProperty private final double peak;
  @JsonProperty private final double initial;
  @JsonProperty private final double last;
  @JsonProperty private final double warmUpSteps;
  @JsonProperty private final double totalSteps;
  @JsonProperty private final double stepsADrop;
  @JsonProperty private final double dropFactor;

  @JsonCreator
  LearningRateSchedule(
      @JsonProperty("name") ScheduleSettings.Name name,
      @JsonProperty("peak") double peak,
      @JsonProperty("initial") double initial,
      @JsonProperty("last") double last,
      @JsonProperty("warmUpSteps") double warmUpSteps,
      @JsonProperty("totalSteps") double totalSteps,
      @JsonProperty("stepsADrop") double stepsADrop,
      @JsonProperty("dropFactor") double dropFactor) {
    this.name = name;
    this.peak = peak;
    this.initial = initial;
    this.last = last;
    this.warmUpSteps = warmUpSteps;
    this.totalSteps = totalSteps;
    this.stepsADrop = stepsADrop;
    this.dropFactor = dropFactor;
  }

  /** The schedule of a training of that many epochs and steps an epoch. */
  public static LearningRateSchedule of(
      ScheduleSettings settings, double peak, int epochs, int stepsPerEpoch) {
    double total = (double) epochs * stepsPerEpoch;
    boolean constant = settings.name() == ScheduleSettings.Name.CONSTANT;
    return new LearningRateSchedule(
        settings.name(),
        peak,
        peak / settings.initialDivisor(),
        peak / settings.finalDivisor(),
        constant ? 0 : settings.warmUp() * total - 1, // PyTorch: the peak is a step, not a gap
        total,
        (double) settings.stepEpochs() * stepsPerEpoch,
        settings.stepFactor());
  }

  @Override
  public double valueAt(int step, int epoch) {
    if (step < warmUpSteps) {
      double done = step / warmUpSteps;
      return name == ScheduleSettings.Name.ONE_CYCLE
          ? cosine(initial, peak, done)
          : initial + done * (peak - initial);
    }
    return switch (name) {
      case CONSTANT -> peak;
      case STEP -> peak * Math.pow(dropFactor, Math.floor(step / stepsADrop));
      case COSINE, ONE_CYCLE -> cosine(peak, last, shareAfterWarmUp(step));
    };
  }

  private double shareAfterWarmUp(int step) {
    double begin = Math.max(0, warmUpSteps);
    double steps = totalSteps - 1 - begin;
    return steps <= 0 ? 1 : Math.min(1, (step - begin) / steps);
  }

  /** Half a cosine from {@code from} at 0 to {@code to} at 1. */
  private static double cosine(double from, double to, double done) {
    return to + (from - to) / 2 * (1 + Math.cos(Math.PI * done));
  }

  /** Equal ones let Deeplearning4j keep the state of layers together, read from JSON or not. */
  @Override
  public boolean equals(Object other) {
    return other instanceof LearningRateSchedule that
        && name == that.name
        && peak == that.peak
        && initial == that.initial
        && last == that.last
        && warmUpSteps == that.warmUpSteps
        && totalSteps == that.totalSteps
        && stepsADrop == that.stepsADrop
        && dropFactor == that.dropFactor;
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, peak, initial, last, warmUpSteps, totalSteps, stepsADrop, dropFactor);
  }

  @Override
  public ISchedule clone() {
    return this; // it cannot change
  }
}
