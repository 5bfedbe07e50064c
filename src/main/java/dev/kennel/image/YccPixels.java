package dev.kennel.image;

/**
 * Pixels as a JPEG holds them, luminance and two planes of chrominance, converted when they are
 * asked for: by libjpeg's arithmetic ({@code jdsample.c}, {@code jdcolor.c}), bit for bit, whose
 * triangle filter makes chrominance as fine as luminance. One thread at a time may read.
 */
final class YccPixels implements Pixels {
  private static final int FRACTION = 16; // bits behind the point of the factors
  private static final int HALF = 1 << (FRACTION - 1);
  private static final int RED_OF_CR = factor(1.40200);
  private static final int BLUE_OF_CB = factor(1.77200);
  private static final int GREEN_OF_CR = factor(-0.71414);
  private static final int GREEN_OF_CB = factor(-0.34414);

  /** How much coarser chrominance is than luminance. */
  enum Sampling {
    NOT_COARSER,
    HALF_AS_WIDE,
    HALF_AS_WIDE_AND_HIGH
  }

  private final int width;
  private final int height;
  private final Sampling sampling;
  private final Plane luminance;
  private final Plane cb;
  private final Plane cr;
  private Scratch scratch;

  /** What a row is converted in; kept, because making it takes as long as using it. */
  private static final class Scratch {
    final int[] light;
    final int[] sum;
    final int[] near;
    final int[] evenCb;
    final int[] oddCb;
    final int[] evenCr;
    final int[] oddCr;
    final int[] coarse;

    Scratch(int count) {
      light = new int[count];
      sum = new int[count];
      near = new int[count];
      evenCb = new int[count];
      oddCb = new int[count];
      evenCr = new int[count];
      oddCr = new int[count];
      coarse = new int[count + 2];
    }
  }

  /**
   * One component.
   *
   * @param stride samples from a row to the next
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Plane(byte[] samples, int stride) {}

  YccPixels(int width, int height, Sampling sampling, Plane luminance, Plane cb, Plane cr) {
    this.width = width;
    this.height = height;
    this.sampling = sampling;
    this.luminance = luminance;
    this.cb = cb;
    this.cr = cr;
  }

  private static int factor(double factor) {
    return (int) Math.rint(factor * (1 << FRACTION));
  }

  @Override
  public void read(int y, int from, int count, int[] target) {
    int half = count / 2;
    if (scratch == null || scratch.light.length != half) {
      scratch = new Scratch(half);
    }
    Scratch s = scratch;
    chrominance(cb, y, from, s.evenCb, s.oddCb, s);
    chrominance(cr, y, from, s.evenCr, s.oddCr, s);
    for (int odd = 0; odd < 2; odd++) {
      int[] blues = odd == 0 ? s.evenCb : s.oddCb;
      int[] reds = odd == 0 ? s.evenCr : s.oddCr;
      everySecond(luminance, y, from + odd, s.light);
      add(s.light, BLUE_OF_CB, blues, s.sum);
      System.arraycopy(s.sum, 0, target, odd * half, half);
      add(s.light, GREEN_OF_CB, blues, GREEN_OF_CR, reds, s.sum);
      System.arraycopy(s.sum, 0, target, (2 + odd) * half, half);
      add(s.light, RED_OF_CR, reds, s.sum);
      System.arraycopy(s.sum, 0, target, (4 + odd) * half, half);
    }
  }

  // Arrays from 0 on, one result, no tables and no branches: so Java vectorizes these loops.
  private static void add(int[] light, int factor, int[] chrominance, int[] sum) {
    for (int i = 0; i < light.length; i++) {
      sum[i] = light[i] + ((factor * (chrominance[i] - 128) + HALF) >> FRACTION);
    }
    clamp(sum);
  }

  private static void add(int[] light, int ofCb, int[] cb, int ofCr, int[] cr, int[] sum) {
    for (int i = 0; i < light.length; i++) {
      sum[i] = light[i] + ((ofCb * (cb[i] - 128) + ofCr * (cr[i] - 128) + HALF) >> FRACTION);
    }
    clamp(sum);
  }

  /** Brings samples into the range from 0 to 255. */
  private static void clamp(int[] samples) {
    for (int i = 0; i < samples.length; i++) {
      int notBelow = samples[i] & ~(samples[i] >> 31); // the larger of it and 0
      int above = (255 - notBelow) >> 31; // all bits, if it is above 255
      samples[i] = (notBelow | above) & 255;
    }
  }

  private static void everySecond(Plane plane, int y, int from, int[] row) {
    byte[] samples = plane.samples();
    for (int i = 0, at = y * plane.stride() + from; i < row.length; i++, at += 2) {
      row[i] = samples[at] & 0xff;
    }
  }

  /** Of the even columns, and of the odd ones. */
  private void chrominance(Plane plane, int y, int from, int[] even, int[] odd, Scratch s) {
    if (sampling == Sampling.NOT_COARSER) {
      everySecond(plane, y, from, even);
      everySecond(plane, y, from + 1, odd);
      return;
    }
    boolean isHigh = sampling == Sampling.HALF_AS_WIDE;
    int count = even.length;
    coarse(plane, y, isHigh, from / 2 - 1, s.coarse);
    System.arraycopy(s.coarse, 0, even, 0, count);
    System.arraycopy(s.coarse, 1, s.near, 0, count);
    System.arraycopy(s.coarse, 2, odd, 0, count);
    // Two rows count four times as much as one; halves are rounded up and down in turn.
    int bits = isHigh ? 2 : 4;
    approach(s.near, even, isHigh ? 1 : 8, bits);
    approach(s.near, odd, isHigh ? 2 : 7, bits);
  }

  /** Three parts of what is near, and one of what is next to it. */
  private static void approach(int[] near, int[] next, int rounding, int bits) {
    for (int i = 0; i < near.length; i++) {
      next[i] = (3 * near[i] + next[i] + rounding) >> bits;
    }
  }

  /**
   * Some columns of a row of chrominance, the outermost repeated beyond the edges; where it is as
   * low as narrow, three parts of the nearer row and one of the next.
   */
  private void coarse(Plane plane, int y, boolean isHigh, int from, int[] coarse) {
    int nearest = isHigh ? y : y / 2;
    int last = (height + 1) / 2 - 1;
    int next = (y & 1) == 0 ? Math.max(nearest - 1, 0) : Math.min(nearest + 1, last);
    int count = coarse.length;
    int begin = Math.max(from, 0);
    int end = Math.min(from + count, (width + 1) / 2);
    byte[] samples = plane.samples();
    int near = nearest * plane.stride() + begin;
    int far = next * plane.stride() + begin;
    int to = begin - from;
    if (isHigh) {
      for (int i = 0; i < end - begin; i++) {
        coarse[to + i] = samples[near + i] & 0xff;
      }
    } else {
      for (int i = 0; i < end - begin; i++) {
        coarse[to + i] = 3 * (samples[near + i] & 0xff) + (samples[far + i] & 0xff);
      }
    }
    if (begin > from) {
      coarse[0] = coarse[1];
    }
    if (end < from + count) {
      coarse[count - 1] = coarse[count - 2];
    }
  }
}
