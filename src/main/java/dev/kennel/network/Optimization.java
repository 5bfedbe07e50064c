package dev.kennel.network;

import dev.kennel.onednn.AdamW;
import java.util.List;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * How a network's parameters are updated.
 *
 * @param updater the method and its schedule of learning rates
 * @param ofClassifier the same for the last layer
 * @param weightDecay of weights of convolutions and fully connected layers. By AdamW {@code rate ·
 *     weightDecay · weight} is subtracted; by others {@code weightDecay · weight} is added to the
 *     gradient before momentum (PyTorch's sense)
 * @param normWeightDecay of weights of batch normalization
 * @param biasWeightDecay of all biases, batch normalization's among them
 */
public record Optimization(
    IUpdater updater,
    IUpdater ofClassifier,
    double weightDecay,
    double normWeightDecay,
    double biasWeightDecay) {
  /** Leaves parameters as they are: for networks that only predict. */
  public static final Optimization NONE = new Optimization(new NoOp(), 0);

  /** The same for all layers; neither biases nor batch normalization decay. */
  public Optimization(IUpdater updater, double weightDecay) {
    this(updater, updater, weightDecay, 0, 0);
  }

  /** How Deeplearning4j's layers are told of a decay. */
  List<Regularization> regularization(double decay) {
    if (decay == 0) {
      return List.of();
    }
    return List.of(
        updater instanceof AdamW ? new WeightDecay(decay, true) : new L2Regularization(decay));
  }
}
