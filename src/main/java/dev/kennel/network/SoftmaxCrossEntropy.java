package dev.kennel.network;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Cross-entropy of a softmax, −Σ label · ln softmax(z), from the logits z themselves: ln softmax(z)
 * = z − max − ln Σ exp(z − max). Deeplearning4j's takes the logarithm of the probability and so has
 * to cut it off at 10⁻¹⁰, which hides how wrong a very wrong answer is.
 *
 * <p>Its class name is part of every saved model.
 */
public final class SoftmaxCrossEntropy extends LossMCXENT {
  /**
   * Of logits and labels of shape [batch, classes]; the layer's activation is taken to be softmax.
   */
  public SoftmaxCrossEntropy() {}

  @Override
  protected INDArray scoreArray(
      INDArray labels, INDArray logits, IActivation softmax, INDArray mask) {
    if (mask != null) {
      throw new IllegalArgumentException("Cannot mask the loss of images");
    }
    INDArray shifted = logits.subColumnVector(logits.max(true, 1));
    INDArray sums = Transforms.log(Transforms.exp(shifted, true).sum(true, 1), false);
    return shifted.subiColumnVector(sums).muli(labels);
  }
}
