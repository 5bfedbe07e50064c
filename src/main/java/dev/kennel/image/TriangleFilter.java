package dev.kennel.image;

import java.util.Arrays;

/**
 * Resamples one dimension of an 8-bit image with a triangle filter that widens with the reduction,
 * in the arithmetic of Pillow's {@code Resample.c}, so that the bytes are the same as {@code
 * Image.resize(..., BILINEAR)} gives.
 */
final class TriangleFilter {
  private static final int PRECISION = 22; // 32 bits less 8 of a sample and 2 for the sum
  private static final int HALF = 1 << (PRECISION - 1);

  private final int[] starts; // of each output: the first source that counts
  private final int[][] weights; // of each output: those of the sources from there on

  /**
   * Prepares outputs {@code from} to {@code from + count} of {@code target} from {@code source}.
   */
  TriangleFilter(int source, int target, int from, int count) {
    starts = new int[count];
    weights = new int[count][];
    double scale = (double) source / target;
    double support = Math.max(scale, 1); // half the width of the triangle
    for (int i = 0; i < count; i++) {
      double centre = (from + i + 0.5) * scale;
      int start = Math.max((int) (centre - support + 0.5), 0);
      int end = Math.min((int) (centre + support + 0.5), source);
      starts[i] = start;
      weights[i] = weights(start - centre + 0.5, end - start, support);
    }
  }

  private static int[] weights(double offset, int count, double support) {
    double[] heights = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      heights[i] = Math.max(1 - Math.abs((offset + i) * (1 / support)), 0);
      sum += heights[i];
    }
    int[] weights = new int[count];
    for (int i = 0; i < count; i++) {
      weights[i] = (int) (0.5 + heights[i] / sum * (1 << PRECISION));
    }
    return weights;
  }

  int firstSource() {
    return starts[0];
  }

  int endSource() {
    return starts[starts.length - 1] + weights[weights.length - 1].length;
  }

  /** Resamples the row that begins at {@code offset}. */
  void resampleRow(byte[] source, int offset, byte[] target, int targetOffset) {
    for (int i = 0; i < weights.length; i++) {
      int[] taps = weights[i];
      int from = offset + starts[i];
      int sum = HALF;
      for (int tap = 0; tap < taps.length; tap++) {
        sum += (source[from + tap] & 0xff) * taps[tap];
      }
      target[targetOffset + i] = clip(sum);
    }
  }

  /**
   * Resamples all columns of rows {@code width} wide, the first of which is {@link #firstSource}.
   */
  void resampleColumns(byte[] source, int width, byte[] target, int targetOffset) {
    int[] sums = new int[width];
    for (int i = 0; i < weights.length; i++) {
      Arrays.fill(sums, HALF);
      int from = (starts[i] - firstSource()) * width;
      for (int weight : weights[i]) {
        for (int x = 0; x < width; x++) {
          sums[x] += (source[from + x] & 0xff) * weight;
        }
        from += width;
      }
      for (int x = 0; x < width; x++) {
        target[targetOffset + i * width + x] = clip(sums[x]);
      }
    }
  }

  private static byte clip(int sum) {
    return (byte) Math.min(sum >>> PRECISION, 255);
  }
}
