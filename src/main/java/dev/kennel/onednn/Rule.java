package dev.kennel.onednn;

import java.nio.FloatBuffer;

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

  /** Updates parameters and velocities in place. */
  void accelerate(FloatBuffer weights, FloatBuffer velocities, FloatBuffer gradients, int length) {
    for (int i = 0; i < length; i++) {
      float v = velocities.get(i);
      float w = weights.get(i);
      float next = momentum * v - rate * (scale * gradients.get(i) + decay * w);
      velocities.put(i, next);
      weights.put(i, w - momentum * v + (1 + momentum) * next);
    }
  }

  /** Updates parameters that have no velocity in place: w' = w − rate · d. */
  void descend(FloatBuffer weights, FloatBuffer gradients, int length) {
    for (int i = 0; i < length; i++) {
      float w = weights.get(i);
      weights.put(i, w - rate * (scale * gradients.get(i) + decay * w));
    }
  }
}
