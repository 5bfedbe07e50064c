package dev.kennel.onednn;

import static org.bytedeco.openblas.global.openblas.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas.cblas_sscal;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Stochastic gradient descent with Nesterov momentum. Written out, with gradient g, parameter w and
 * velocity v:
 *
 * <pre>
 * d = g + decay · w
 * v' = momentum · v − rate · d
 * w' = w − momentum · v + (1 + momentum) · v'
 * </pre>
 *
 * which is Nesterov's method in the form of Sutskever et al. 2013 ("On the importance of
 * initialization and momentum in deep learning"), and PyTorch's {@code SGD(nesterov=True)} with v =
 * −rate · its momentum buffer as long as the rate stays the same. Without a velocity w' = w − rate
 * · d.
 */
record MomentumRule(float rate, float momentum, float decay, float scale) implements Rule {
  @Override
  public Rule clipped(double factor) {
    return new MomentumRule(rate, momentum, decay, (float) (scale * factor));
  }

  @Override
  public Follower follower(Update parameter) {
    Address w = new Address();
    Address v = new Address();
    Address g = new Address();
    return (from, gradient, size) -> {
      for (int i = 0; i < size; i += MOST) {
        int now = Math.min(MOST, size - i);
        long bytes = Float.BYTES * (from + i);
        w.at(parameter.weights() + bytes);
        g.at(gradient + (long) Float.BYTES * i);
        if (parameter.first() == 0) {
          descend(w, g, now);
        } else {
          accelerate(w, v.at(parameter.first() + bytes), g, now);
        }
      }
    };
  }

  private void accelerate(
      FloatPointer weights, FloatPointer velocities, FloatPointer gradients, int length) {
    decay(weights, gradients, length);
    cblas_saxpy(length, -momentum, velocities, 1, weights, 1);
    cblas_sscal(length, momentum, velocities, 1);
    cblas_saxpy(length, -rate * scale, gradients, 1, velocities, 1);
    cblas_saxpy(length, 1 + momentum, velocities, 1, weights, 1);
  }

  private void descend(FloatPointer weights, FloatPointer gradients, int length) {
    decay(weights, gradients, length);
    cblas_saxpy(length, -rate * scale, gradients, 1, weights, 1);
  }

  private void decay(FloatPointer weights, FloatPointer gradients, int length) {
    if (decay != 0) {
      cblas_saxpy(length, decay / scale, weights, 1, gradients, 1);
    }
  }
}
