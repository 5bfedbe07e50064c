package dev.kennel.network;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * How a network's parameters are updated.
 *
 * @param updater the method and its schedule of learning rates
 * @param ofClassifier the same for the last layer
 * @param weightDecay added to the gradient as {@code weightDecay · weight} before momentum
 *     (PyTorch's sense); weights of convolutions and fully connected layers only, never biases or
 *     batch normalization
 */
public record Optimization(IUpdater updater, IUpdater ofClassifier, double weightDecay) {
  /** Leaves parameters as they are: for networks that only predict. */
  public static final Optimization NONE = new Optimization(new NoOp(), 0);

  /** The same for all layers. */
  public Optimization(IUpdater updater, double weightDecay) {
    this(updater, updater, weightDecay);
  }
}
