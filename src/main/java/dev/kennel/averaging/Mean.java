package dev.kennel.averaging;

import java.nio.FloatBuffer;
import java.util.List;

/** The weighted mean of vectors. */
final class Mean {
  private static final int PIECE = 4096; // floats: a few of them fit into a core's innermost cache

  private Mean() {}

  /**
   * Writes Σ weights[w] · from[w] to every target; targets may be among the sources. It is taken as
   * from[0] + Σ weights[w] · (from[w] − from[0]): what all sources have in common, as parameters
   * that are not trained, keeps its bits. The sum runs in the order of the sources, so that the
   * same sources give the same bits wherever it is taken.
   *
   * @param weights their sum is 1
   */
  static void write(float[] weights, List<FloatBuffer> from, List<FloatBuffer> to) {
    int length = from.get(0).limit();
    float[] first = new float[PIECE];
    float[] sum = new float[PIECE];
    float[] next = new float[PIECE];
    for (int at = 0; at < length; at += PIECE) {
      int now = Math.min(PIECE, length - at);
      from.get(0).get(at, first, 0, now);
      System.arraycopy(first, 0, sum, 0, now);
      for (int w = 1; w < weights.length; w++) {
        from.get(w).get(at, next, 0, now);
        add(next, first, weights[w], sum, now);
      }
      for (FloatBuffer target : to) {
        target.put(at, sum, 0, now);
      }
    }
  }

  private static void add(float[] values, float[] less, float factor, float[] to, int length) {
    for (int i = 0; i < length; i++) {
      to[i] += factor * (values[i] - less[i]);
    }
  }
}
