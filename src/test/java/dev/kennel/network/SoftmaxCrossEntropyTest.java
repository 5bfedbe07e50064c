package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SoftmaxCrossEntropyTest {
  private static final IActivation SOFTMAX = new ActivationSoftmax();
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  /** Whose softmax is 0.5, 0.25 and 0.25. */
  private static final double[][] LOGITS = {{Math.log(2), 0, 0}};

  @Test
  void theLossOfAMixedLabelIsTheMeanOfItsClassesLosses() {
    assertThat(loss(1, 0, 0)).isCloseTo(Math.log(2), within(1e-6));
    assertThat(loss(0, 1, 0)).isCloseTo(Math.log(4), within(1e-6));
    assertThat(loss(0.75f, 0, 0.25f))
        .isCloseTo(0.75 * Math.log(2) + 0.25 * Math.log(4), within(1e-6));
  }

  @Test
  void itsGradientIsWhatTheProbabilitiesExceedTheSharesBy() {
    INDArray labels = Nd4j.create(new float[][] {{0.75f, 0, 0.25f}});
    assertThat(LOSS.computeGradient(labels, logits(), SOFTMAX, null).toFloatVector())
        .containsExactly(new float[] {-0.25f, 0.25f, 0}, within(1e-6f));
  }

  private static double loss(float... shares) {
    return LOSS.computeScore(Nd4j.create(new float[][] {shares}), logits(), SOFTMAX, null, true);
  }

  private static INDArray logits() {
    return Nd4j.create(LOGITS).castTo(DataType.FLOAT);
  }
}
