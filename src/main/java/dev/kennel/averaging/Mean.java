package dev.kennel.averaging;

import java.nio.FloatBuffer;
import java.util.List;

/** The weighted mean of vectors. */
final class Mean {
  private static final int PIECE = 4096; // floats: a few of them fit into a core's innermost cache

  private Mean() {}

  /**
   * Writes Σ weights[w] · from[w] to every target; targets may be among the sources. The sum runs
   * in the order of the sources, so that the same sources give the same bits wherever it is taken.
   *
   * @param weights their sum is 1
   */
  static void write(float[] weights, List<FloatBuffer> from, List<FloatBuffer> to) {
    int length = from.get(0).limit();
    float[] sum = new float[PIECE];
    float[] next = new float[PIECE];
    for (int at = 0; at < length; at += PIECE) {
      int now = Math.min(PIECE, length - at);
      from.get(0).get(at, sum, 0, now);
      scale(sum, weights[0], now);
      for (int w = 1; w < weights.length; w++) {
        from.get(w).get(at, next, 0, now);
        add(next, weights[w], sum, now);
      }
      for (FloatBuffer target : to) {
        target.put(at, sum, 0, now);
      }
    }
  }

  private static void scale(float[] values, float factor, int length) {
    for (int i = 0; i < length; i++) {
      values[i] *= factor;
    }
  }

  private static void add(float[] values, float factor, float[] to, int length) {
    for (int i = 0; i < length; i++) {
      to[i] += factor * values[i];
    }
  }
}
