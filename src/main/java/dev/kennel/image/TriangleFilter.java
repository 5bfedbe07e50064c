package dev.kennel.image;

/**
 * Resamples one dimension of an image with a triangle filter that widens with the reduction, as
 * Pillow's {@code Image.resize(..., BILINEAR)} does (its {@code Resample.c}).
 */
final class TriangleFilter {
  /** So many sources are taken at once, those without weight too. */
  static final int UNROLLED = 4;

  /** A weight of one is 2 to the power of this. */
  static final int PRECISION = 15;

  private final int taps;
  private final int[] starts; // of each output: the first source that counts
  private final int[] counts; // of each output: how many do
  private final int[] weights; // [output, taps]: theirs, the rest 0

  /**
   * Prepares outputs {@code from} to {@code from + count} of {@code target}, of which each stands
   * for as many pixels of the image as any other.
   */
  TriangleFilter(Side image, int target, int from, int count) {
    double scale = (double) image.length() / target / image.reduction(); // sources an output
    double support = Math.max(scale, 1); // half the width of the triangle
    this.taps = Math.max((int) Math.ceil(2 * support) + 1, UNROLLED);
    this.starts = new int[count];
    this.counts = new int[count];
    this.weights = new int[count * taps];
    double[] heights = new double[taps];
    for (int i = 0; i < count; i++) {
      double centre = image.first() + (from + i + 0.5) * scale;
      int start = Math.max((int) (centre - support + 0.5), 0);
      int end = Math.min((int) (centre + support + 0.5), image.samples());
      starts[i] = start;
      counts[i] = end - start;
      double sum = 0;
      for (int tap = 0; tap < counts[i]; tap++) {
        heights[tap] = Math.max(1 - Math.abs((start - centre + 0.5 + tap) * (1 / support)), 0);
        sum += heights[tap];
      }
      weigh(heights, sum, counts[i], i * taps);
    }
  }

  /** Weights that add up to one exactly: the largest takes what rounding leaves. */
  private void weigh(double[] heights, double sum, int count, int at) {
    int left = 1 << PRECISION;
    int largest = at;
    for (int tap = 0; tap < count; tap++) {
      weights[at + tap] = (int) Math.rint(heights[tap] / sum * (1 << PRECISION));
      left -= weights[at + tap];
      largest = weights[at + tap] > weights[largest] ? at + tap : largest;
    }
    weights[largest] += left;
  }

  /** No output has more sources than this. */
  int taps() {
    return taps;
  }

  /** The first source that counts at all. */
  int firstSource() {
    return starts[0];
  }

  /** The first source that counts for an output. */
  int start(int output) {
    return starts[output];
  }

  /** How much of an output a source is that counts for it; 1 in all. */
  float weight(int output, int source) {
    return weights[output * taps + source - starts[output]] / (float) (1 << PRECISION);
  }

  /** The source behind the last that counts for an output. */
  int end(int output) {
    return starts[output] + counts[output];
  }

  /** The source behind the last that counts at all. */
  int endSource() {
    return end(starts.length - 1);
  }

  /**
   * Mixes sources, which are rows or columns, to one output.
   *
   * @param sources source s is {@code sources[s % sources.length]}
   * @param first what the first of them is
   * @param mixed where the samples go, times 2^15
   */
  void mix(int output, int[][] sources, int first, int[] mixed) {
    int weight = output * taps;
    int start = starts[output] - first;
    mixFour(
        sources[start % sources.length],
        sources[(start + 1) % sources.length],
        sources[(start + 2) % sources.length],
        sources[(start + 3) % sources.length],
        weights[weight],
        weights[weight + 1],
        weights[weight + 2],
        weights[weight + 3],
        mixed);
    for (int tap = UNROLLED; tap < counts[output]; tap++) {
      add(sources[(start + tap) % sources.length], weights[weight + tap], mixed);
    }
  }

  // No offsets and no branches in these loops: so Java vectorizes them.
  private static void mixFour(
      int[] a, int[] b, int[] c, int[] d, int ofA, int ofB, int ofC, int ofD, int[] mixed) {
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = a[i] * ofA + b[i] * ofB + c[i] * ofC + d[i] * ofD;
    }
  }

  private static void add(int[] source, int weight, int[] mixed) {
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] += source[i] * weight;
    }
  }

  /** Divides by a power of two, to the nearest. */
  static void shift(int[] samples, int bits) {
    int half = 1 << (bits - 1);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (samples[i] + half) >> bits;
    }
  }
}
