package dev.kennel.onednn;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** What optimizers have in common that Deeplearning4j lacks: a learning rate for every step. */
abstract sealed class Scheduled implements IUpdater permits AdamW, Lars {
  private static final long serialVersionUID = 1;

  @JsonProperty private ISchedule rate;

  Scheduled(ISchedule rate) {
    this.rate = rate;
  }

  final boolean hasRateOf(Scheduled other) {
    return rate.equals(other.rate);
  }

  @Override
  public double getLearningRate(int iteration, int epoch) {
    return rate.valueAt(iteration, epoch);
  }

  @Override
  public boolean hasLearningRate() {
    return true;
  }

  @Override
  public void setLrAndSchedule(double fixed, ISchedule schedule) {
    rate = schedule == null ? new FixedSchedule(fixed) : schedule;
  }

  @Override
  public GradientUpdater<?> instantiate(Map<String, INDArray> state, boolean initialize) {
    throw new UnsupportedOperationException(
        "Cannot train by " + getClass().getSimpleName() + " from named arrays: give one array");
  }

  @Override
  public abstract boolean equals(Object other);

  @Override
  public int hashCode() {
    return rate.hashCode();
  }

  @Override
  public IUpdater clone() {
    try {
      return (IUpdater) super.clone(); // a schedule cannot change
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
