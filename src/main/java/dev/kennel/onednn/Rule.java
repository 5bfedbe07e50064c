package dev.kennel.onednn;

import static org.bytedeco.openblas.global.openblas.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas.cblas_sscal;

import org.bytedeco.javacpp.FloatPointer;

/**
 * How a parameter follows its gradient. Written out, with gradient g, parameter w and velocity v:
 *
 * <pre>
 * d = scale · g + decay · w
 * v' = momentum · v − rate · d
 * w' = w − momentum · v + (1 + momentum) · v'
 * </pre>
 *
 * which is Nesterov's method in the form of Sutskever et al. 2013 ("On the importance of
 * initialization and momentum in deep learning"), and PyTorch's {@code SGD(nesterov=True)} with v =
 * −rate · its momentum buffer as long as the rate stays the same.
 *
 * @param scale 1 / batch size where the gradient is a sum over the batch, else 1
 */
record Rule(float rate, float momentum, float decay, float scale) {

  /** Floats at a time: three times as many fit into a core's innermost cache. */
  static final int MOST = 2048;

  /**
   * Updates at most {@link #MOST} parameters and their velocities in place.
   *
   * @param gradients is lost
   */
  void accelerate(
      FloatPointer weights, FloatPointer velocities, FloatPointer gradients, int length) {
    decay(weights, gradients, length);
    cblas_saxpy(length, -momentum, velocities, 1, weights, 1);
    cblas_sscal(length, momentum, velocities, 1);
    cblas_saxpy(length, -rate * scale, gradients, 1, velocities, 1);
    cblas_saxpy(length, 1 + momentum, velocities, 1, weights, 1);
  }

  /**
   * Updates at most {@link #MOST} parameters that have no velocity in place: w' = w − rate · d.
   *
   * @param gradients is lost
   */
  void descend(FloatPointer weights, FloatPointer gradients, int length) {
    decay(weights, gradients, length);
    cblas_saxpy(length, -rate * scale, gradients, 1, weights, 1);
  }

  private void decay(FloatPointer weights, FloatPointer gradients, int length) {
    if (decay != 0) {
      cblas_saxpy(length, decay / scale, weights, 1, gradients, 1);
    }
  }
}
