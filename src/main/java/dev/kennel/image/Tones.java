package dev.kennel.image;

import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * Operations that give each sample another value, whatever its place, as Pillow's {@code ImageOps}
 * defines them. Each channel is treated for itself.
 */
final class Tones {
  private static final int VALUES = 256;

  private Tones() {}

  /** Keeps the upper bits of each sample, 0 to 8, and clears the others. */
  static byte[] posterize(byte[] pixels, int bits) {
    int mask = -(1 << (8 - bits));
    return replace(pixels, value -> value & mask);
  }

  /** Turns samples from the threshold on into their negative. */
  static byte[] solarize(byte[] pixels, double threshold) {
    return replace(pixels, value -> value < threshold ? value : 255 - value);
  }

  /** Stretches each channel so that its darkest sample becomes 0 and its lightest 255. */
  static byte[] autocontrast(byte[] pixels) {
    return byHistogram(pixels, Tones::stretching);
  }

  /** Makes the values of each channel about equally frequent. */
  static byte[] equalize(byte[] pixels) {
    return byHistogram(pixels, Tones::equalizing);
  }

  /** Replaces each sample by what that function makes of it, cut down to eight bits. */
  static byte[] replace(byte[] pixels, IntUnaryOperator tone) {
    byte[] changed = new byte[pixels.length];
    lookUp(pixels, 0, pixels.length, table(tone), changed);
    return changed;
  }

  private static byte[] stretching(int[] histogram) {
    int least = 0;
    while (histogram[least] == 0) {
      least++;
    }
    int most = lightest(histogram);
    if (least == most) {
      return table(IntUnaryOperator.identity());
    }
    double scale = 255.0 / (most - least);
    double offset = -least * scale;
    return table(value -> (int) Math.min(value * scale + offset, 255));
  }

  private static byte[] equalizing(int[] histogram) {
    int darker = 0; // samples that are not of the lightest value
    for (int value = 0; value < lightest(histogram); value++) {
      darker += histogram[value];
    }
    int step = darker / 255;
    if (step == 0) {
      return table(IntUnaryOperator.identity());
    }
    byte[] table = new byte[VALUES];
    int below = step / 2;
    for (int value = 0; value < VALUES; value++) {
      table[value] = (byte) Math.min(below / step, 255);
      below += histogram[value];
    }
    return table;
  }

  private static int lightest(int[] histogram) {
    int most = VALUES - 1;
    while (histogram[most] == 0) {
      most--;
    }
    return most;
  }

  private static byte[] byHistogram(byte[] pixels, Function<int[], byte[]> tableOf) {
    int length = pixels.length / RgbImage.CHANNELS;
    byte[] changed = new byte[pixels.length];
    for (int from = 0; from < pixels.length; from += length) {
      int[] histogram = new int[VALUES];
      for (int i = from; i < from + length; i++) {
        histogram[pixels[i] & 0xff]++;
      }
      lookUp(pixels, from, from + length, tableOf.apply(histogram), changed);
    }
    return changed;
  }

  private static byte[] table(IntUnaryOperator tone) {
    byte[] table = new byte[VALUES];
    for (int value = 0; value < VALUES; value++) {
      table[value] = (byte) tone.applyAsInt(value);
    }
    return table;
  }

  private static void lookUp(byte[] pixels, int from, int end, byte[] table, byte[] changed) {
    for (int i = from; i < end; i++) {
      changed[i] = table[pixels[i] & 0xff];
    }
  }
}
