package dev.kennel.onednn;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Takes the gradients of a pass, one after the other. */
interface GradientTaker {
  /** Takes the gradient of one parameter, by the names of its layer and its own. */
  void take(String layer, String parameter, INDArray gradient, Character order);

  /** All are taken. */
  default void end() {}
}
