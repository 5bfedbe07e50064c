package dev.kennel.image;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Makes images smaller that are a network's input already: bilinear and antialiased, as PyTorch's
 * {@code interpolate(..., mode="bilinear", antialias=True)}.
 */
public final class InputResizing {
  private final int size;
  private final int target;
  private final int taps; // sources of each output, those without weight too
  private final int[] starts; // of each output: the first of them
  private final float[] weights; // [output, taps]

  /** From {@code size} to {@code target} pixels in both directions. */
  public InputResizing(int size, int target) {
    this.size = size;
    this.target = target;
    TriangleFilter filter = new TriangleFilter(Side.inFull(size), target, 0, target);
    taps = IntStream.range(0, target).map(i -> filter.end(i) - filter.start(i)).max().getAsInt();
    starts = new int[target];
    weights = new float[target * taps];
    for (int i = 0; i < target; i++) {
      starts[i] = Math.min(filter.start(i), size - taps);
      for (int source = filter.start(i); source < filter.end(i); source++) {
        weights[i * taps + source - starts[i]] = filter.weight(i, source);
      }
    }
  }

  /**
   * Resizes one image.
   *
   * @param image [3, size, size] floats from its index 0 on
   * @param out where [3, target, target] floats go, likewise
   */
  public void resize(FloatBuffer image, FloatBuffer out) {
    float[] plane = new float[size * size];
    float[] mixed = new float[size];
    float[] row = new float[target];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      image.get(channel * plane.length, plane);
      for (int y = 0; y < target; y++) {
        mixRows(plane, y, mixed);
        mixColumns(mixed, row);
        out.put((channel * target + y) * target, row);
      }
    }
  }

  private void mixRows(float[] plane, int y, float[] mixed) {
    Arrays.fill(mixed, 0);
    for (int tap = 0; tap < taps; tap++) {
      float weight = weights[y * taps + tap];
      int from = (starts[y] + tap) * size;
      for (int x = 0; x < size; x++) {
        mixed[x] += weight * plane[from + x];
      }
    }
  }

  private void mixColumns(float[] mixed, float[] row) {
    for (int x = 0; x < target; x++) {
      float sum = 0;
      for (int tap = 0; tap < taps; tap++) {
        sum += weights[x * taps + tap] * mixed[starts[x] + tap];
      }
      row[x] = sum;
    }
  }
}
