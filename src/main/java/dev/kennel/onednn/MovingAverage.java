package dev.kennel.onednn;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The exponential moving average of a network's parameters and running statistics, which is often a
 * better model than the parameters themselves (Polyak and Juditsky 1992; Tarvainen and Valpola
 * 2017, arXiv 1703.01780):
 *
 * <pre>
 * average ← average + (1 − d) · (parameters − average)
 * d = min(decay, (1 + n) / (10 + n)) for the n-th update, counted from 0
 * </pre>
 *
 * so that it forgets the random start soon, as TensorFlow's {@code ExponentialMovingAverage} does.
 * It is linear in the parameters: the mean of several workers' averages is the average of their
 * mean parameters, and so it is exchanged as parameters are.
 */
public final class MovingAverage {
  private static final int PIECE = 1 << 18; // floats that one thread takes at a time
  private static final int LINE = 4096; // floats, that fit into a core's innermost cache

  private final INDArray values;
  private final double decay;
  private final int steps;

  /**
   * Of parameters.
   *
   * @param values where it is kept, [1, parameters]
   * @param decay what it keeps of itself at an update, in [0, 1)
   * @param steps between two updates
   */
  MovingAverage(INDArray values, double decay, int steps) {
    this.values = values;
    this.decay = decay;
    this.steps = steps;
  }

  /** The average, [1, parameters]. */
  public INDArray values() {
    return values;
  }

  /** The share of the n-th update's parameters in the average. */
  double share(long n) {
    return 1 - Math.min(decay, (1.0 + n) / (10.0 + n));
  }

  /**
   * Follows the parameters after a step, if it is one after which it does.
   *
   * @param step counted from 0, since the start of the training
   */
  void follow(INDArray parameters, int step) {
    if ((step + 1) % steps != 0) {
      return;
    }
    float share = (float) share((step + 1) / steps - 1);
    long length = values.length();
    long from = Memory.address(parameters);
    long to = Memory.address(values);
    Parallel.forEach(
        Math.toIntExact((length + PIECE - 1) / PIECE),
        piece -> {
          long offset = (long) piece * PIECE;
          int size = (int) Math.min(PIECE, length - offset);
          follow(
              Memory.floats(from + Float.BYTES * offset, size),
              Memory.floats(to + Float.BYTES * offset, size),
              share);
        });
  }

  private static void follow(FloatBuffer parameters, FloatBuffer average, float share) {
    float[] now = new float[LINE];
    float[] before = new float[LINE];
    for (int at = 0; at < average.limit(); at += LINE) {
      int length = Math.min(LINE, average.limit() - at);
      parameters.get(at, now, 0, length);
      average.get(at, before, 0, length);
      for (int i = 0; i < length; i++) {
        before[i] += share * (now[i] - before[i]);
      }
      average.put(at, before, 0, length);
    }
  }
}
