package dev.kennel.onednn;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The optimizer AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) as PyTorch has it. Decay that
 * is decoupled is Deeplearning4j's {@code WeightDecay}, times the learning rate. Deeplearning4j's
 * own {@code Adam} adds epsilon before it corrects the bias of the squares' mean, so that it counts
 * for more in the first steps; its state is laid out as here: for each block of parameters the
 * means of their gradients, and behind them those of the squares.
 *
 * <p>Its class name is part of every saved configuration.
 */
public final class AdamW extends Scheduled {
  @JsonProperty private final double beta1;
  @JsonProperty private final double beta2;
  @JsonProperty private final double epsilon;

  /**
   * With the learning rate of every step.
   *
   * @param beta1 share that the mean of gradients keeps, in [0, 1)
   * @param beta2 share that the mean of their squares keeps, in [0, 1)
   * @param epsilon added to the square root of the latter, above 0
   */
  @JsonCreator
  public AdamW(
      @JsonProperty("rate") ISchedule rate,
      @JsonProperty("beta1") double beta1,
      @JsonProperty("beta2") double beta2,
      @JsonProperty("epsilon") double epsilon) {
    super(rate);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  AdamWRule rule(int iteration, int epoch, double decay, double scale) {
    return new AdamWRule(
        getLearningRate(iteration, epoch),
        beta1,
        beta2,
        epsilon,
        (float) decay,
        (float) scale,
        iteration + 1L);
  }

  @Override
  public long stateSize(long parameters) {
    return 2 * parameters;
  }

  @Override
  public GradientUpdater<AdamW> instantiate(INDArray state, boolean initialize) {
    return new Updater(this, state, initialize);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AdamW that
        && hasRateOf(that)
        && beta1 == that.beta1
        && beta2 == that.beta2
        && epsilon == that.epsilon;
  }

  @Override
  public int hashCode() {
    return Double.hashCode(epsilon) + super.hashCode();
  }

  @Override
  public AdamW clone() {
    return (AdamW) super.clone();
  }

  /** For graphs of Deeplearning4j's own. */
  private static final class Updater extends StateOfUpdater<AdamW> {
    Updater(AdamW optimizer, INDArray state, boolean initialize) {
      super(optimizer, state, initialize);
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      AdamW optimizer = getConfig();
      long length = gradient.length();
      INDArray mean = part(0, length).muli(optimizer.beta1);
      INDArray square = part(length, 2 * length).muli(optimizer.beta2);
      mean.addi(gradient.mul(1 - optimizer.beta1));
      square.addi(gradient.mul(gradient).muli(1 - optimizer.beta2));
      double ofMean = 1 - Math.pow(optimizer.beta1, iteration + 1);
      double ofSquare = 1 - Math.pow(optimizer.beta2, iteration + 1);
      INDArray root = Transforms.sqrt(square, true).divi(Math.sqrt(ofSquare));
      gradient
          .assign(mean)
          .divi(root.addi(optimizer.epsilon))
          .muli(optimizer.getLearningRate(iteration, epoch) / ofMean);
    }

    private INDArray part(long from, long to) {
      return state().get(NDArrayIndex.interval(0, 0, true), NDArrayIndex.interval(from, to));
    }
  }
}
