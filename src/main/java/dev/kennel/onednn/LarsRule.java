package dev.kennel.onednn;

import static org.bytedeco.openblas.global.openblas.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas.cblas_sscal;

import java.util.function.DoubleSupplier;

/**
 * LARS (You et al. 2017, "Large Batch Training of Convolutional Networks", arXiv 1708.03888,
 * algorithm 1). Written out, with gradient g, parameter w and velocity v, which has the opposite
 * sign of the paper's:
 *
 * <pre>
 * λ = coefficient · ‖w‖ / (‖g‖ + decay · ‖w‖)
 * v' = momentum · v − rate · λ · (g + decay · w)
 * w' = w + v'
 * </pre>
 *
 * λ is 1 where either norm is 0, or there is no coefficient.
 *
 * @param coefficient η of the trust ratio λ; 0: there is none, or it is in the rate already
 */
record LarsRule(double coefficient, double rate, float momentum, float decay, float scale)
    implements Rule {
  @Override
  public Rule clipped(double factor) {
    return new LarsRule(coefficient, rate, momentum, decay, (float) (scale * factor));
  }

  @Override
  public Rule resolved(DoubleSupplier weight, DoubleSupplier gradient) {
    if (coefficient == 0) {
      return this;
    }
    double w = weight.getAsDouble();
    double g = gradient.getAsDouble();
    double trust = w > 0 && g > 0 ? coefficient * w / (g + decay * w) : 1;
    return new LarsRule(0, rate * trust, momentum, decay, scale);
  }

  @Override
  public Follower follower(Update parameter) {
    if (coefficient != 0) {
      throw new IllegalStateException("Cannot follow a gradient before its trust ratio is known");
    }
    Address w = new Address();
    Address v = new Address();
    Address g = new Address();
    return (from, gradient, size) -> {
      for (int i = 0; i < size; i += MOST) {
        int now = Math.min(MOST, size - i);
        long bytes = Float.BYTES * (from + i);
        w.at(parameter.weights() + bytes);
        v.at(parameter.first() + bytes);
        g.at(gradient + (long) Float.BYTES * i);
        cblas_sscal(now, momentum, v, 1);
        cblas_saxpy(now, (float) (-rate * scale), g, 1, v, 1);
        if (decay != 0) {
          cblas_saxpy(now, (float) (-rate * decay), w, 1, v, 1);
        }
        cblas_saxpy(now, 1, v, 1, w, 1);
      }
    };
  }
}
