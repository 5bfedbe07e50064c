package dev.kennel.image;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Makes images smaller that are a network's input already: bilinear and antialiased, as PyTorch's
 * {@code interpolate(..., mode="bilinear", antialias=True)}.
 */
public final class InputResizing {
  private final int size;
  private final int target;
  private final TriangleFilter filter;

  /** From {@code size} to {@code target} pixels in both directions. */
  public InputResizing(int size, int target) {
    this.size = size;
    this.target = target;
    this.filter = new TriangleFilter(Side.inFull(size), target, 0, target);
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
    for (int source = filter.start(y); source < filter.end(y); source++) {
      float weight = filter.weight(y, source);
      int from = source * size;
      for (int x = 0; x < size; x++) {
        mixed[x] += weight * plane[from + x];
      }
    }
  }

  private void mixColumns(float[] mixed, float[] row) {
    for (int x = 0; x < target; x++) {
      float sum = 0;
      for (int source = filter.start(x); source < filter.end(x); source++) {
        sum += filter.weight(x, source) * mixed[source];
      }
      row[x] = sum;
    }
  }
}
