package dev.kennel.onednn;

import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The optimizer LARS (You et al. 2017, arXiv 1708.03888): momentum with a learning rate for each
 * layer that is in proportion to its weights' norm over their gradient's. Biases and the parameters
 * of batch normalization take the common rate. Its state is a velocity for each parameter. Only a
 * {@link LeanGraph} trains with it: to Deeplearning4j's updaters the parameters are not known.
 *
 * <p>Its class name is part of every saved configuration.
 */
public final class Lars extends Scheduled {
  @JsonProperty private final double momentum;
  @JsonProperty private final double coefficient;

  /**
   * With the learning rate of every step, the paper's global one.
   *
   * @param momentum in [0, 1)
   * @param coefficient the paper's η, above 0: by which share of its norm a layer's weights would
   *     move in a step at a rate of 1, without momentum
   */
  @JsonCreator
  public Lars(
      @JsonProperty("rate") ISchedule rate,
      @JsonProperty("momentum") double momentum,
      @JsonProperty("coefficient") double coefficient) {
    super(rate);
    this.momentum = momentum;
    this.coefficient = coefficient;
  }

  LarsRule rule(String parameter, int iteration, int epoch, double decay, double scale) {
    return new LarsRule(
        parameter.equals(DefaultParamInitializer.WEIGHT_KEY) ? coefficient : 0,
        getLearningRate(iteration, epoch),
        (float) momentum,
        (float) decay,
        (float) scale);
  }

  @Override
  public long stateSize(long parameters) {
    return parameters;
  }

  @Override
  public GradientUpdater<Lars> instantiate(INDArray state, boolean initialize) {
    return new Updater(this, state, initialize);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Lars that
        && hasRateOf(that)
        && momentum == that.momentum
        && coefficient == that.coefficient;
  }

  @Override
  public int hashCode() {
    return Double.hashCode(coefficient) + super.hashCode();
  }

  @Override
  public Lars clone() {
    return (Lars) super.clone();
  }

  private static final class Updater extends StateOfUpdater<Lars> {
    Updater(Lars optimizer, INDArray state, boolean initialize) {
      super(optimizer, state, initialize);
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      throw new UnsupportedOperationException(
          "Cannot train by LARS here: Deeplearning4j does not show an updater the parameters; make"
              + " the network a LeanGraph");
    }
  }
}
