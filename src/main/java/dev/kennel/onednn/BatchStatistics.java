package dev.kennel.onednn;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean and biased variance of each channel of a batch, added up in double precision as PyTorch
 * does. oneDNN adds up in single precision, without AVX-512 all of a channel's numbers into one
 * sum, which leads three times as far from the exact result.
 */
final class BatchStatistics {
  private static final int CHUNK = 8192; // floats, which the first cache holds
  private static final int LANES = 4; // of a block: so many sums stay in registers

  private BatchStatistics() {}

  /** Whether a training step takes these, not oneDNN's, for such images. */
  static boolean areNeeded(INDArray images) {
    return OneDnn.block() < 16 && images.rank() == 5;
  }

  /**
   * Computes them.
   *
   * @param images f32 of shape [batch, channels / block, height, width, block]
   * @param mean where the means go, [1, channels]
   * @param variance where the variances go, [1, channels]
   */
  static void compute(INDArray images, INDArray mean, INDArray variance) {
    int blocks = (int) images.size(1);
    int width = (int) images.size(4);
    int length = (int) (images.size(2) * images.size(3)) * width; // of a block of one image
    FloatBuffer[] values = new FloatBuffer[(int) images.size(0)];
    for (int image = 0; image < values.length; image++) {
      long before = (long) image * blocks * length;
      values[image] = Memory.floats(Memory.address(images) + Float.BYTES * before, blocks * length);
    }
    FloatBuffer means = Memory.floats(Memory.address(mean), blocks * width);
    FloatBuffer variances = Memory.floats(Memory.address(variance), blocks * width);
    Parallel.forEach(blocks, block -> compute(values, block, length, width, means, variances));
  }

  private static void compute(
      FloatBuffer[] images,
      int block,
      int length,
      int width,
      FloatBuffer means,
      FloatBuffer variances) {
    double[] sums = new double[width];
    double[] squares = new double[width];
    float[] chunk = new float[Math.min(CHUNK, length)];
    for (FloatBuffer image : images) {
      for (int from = 0; from < length; from += CHUNK) {
        int end = Math.min(CHUNK, length - from);
        image.get(block * length + from, chunk, 0, end);
        for (int lane = 0; lane < width; lane += LANES) {
          add(chunk, lane, end, width, sums, squares);
        }
      }
    }
    double count = (double) images.length * length / width;
    for (int lane = 0; lane < width; lane++) {
      double average = sums[lane] / count;
      means.put(block * width + lane, (float) average);
      variances.put(
          block * width + lane, (float) Math.max(0, squares[lane] / count - average * average));
    }
  }

  /** Adds the numbers of four lanes, and their squares. */
  private static void add(
      float[] values, int lane, int end, int width, double[] sums, double[] squares) {
    double sum0 = sums[lane];
    double sum1 = sums[lane + 1];
    double sum2 = sums[lane + 2];
    double sum3 = sums[lane + 3];
    double squares0 = squares[lane];
    double squares1 = squares[lane + 1];
    double squares2 = squares[lane + 2];
    double squares3 = squares[lane + 3];
    for (int i = lane; i < end; i += width) {
      double value0 = values[i];
      double value1 = values[i + 1];
      double value2 = values[i + 2];
      double value3 = values[i + 3];
      sum0 += value0;
      sum1 += value1;
      sum2 += value2;
      sum3 += value3;
      squares0 += value0 * value0;
      squares1 += value1 * value1;
      squares2 += value2 * value2;
      squares3 += value3 * value3;
    }
    sums[lane] = sum0;
    sums[lane + 1] = sum1;
    sums[lane + 2] = sum2;
    sums[lane + 3] = sum3;
    squares[lane] = squares0;
    squares[lane + 1] = squares1;
    squares[lane + 2] = squares2;
    squares[lane + 3] = squares3;
  }
}
