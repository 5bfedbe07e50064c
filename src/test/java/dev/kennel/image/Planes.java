package dev.kennel.image;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Makes small prepared squares, unsigned bytes [3, size, size]. */
final class Planes {
  private Planes() {}

  /** The same samples, row by row, in all channels. */
  static byte[] grey(int... samples) {
    byte[] pixels = new byte[3 * samples.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) samples[i % samples.length];
    }
    return pixels;
  }

  /** One pixel. */
  static byte[] pixel(int red, int green, int blue) {
    return new byte[] {(byte) red, (byte) green, (byte) blue};
  }

  /** Samples from 40 to 199. */
  static byte[] noise(int size) {
    SplittableRandom random = new SplittableRandom(1);
    byte[] pixels = new byte[3 * size * size];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.nextInt(40, 200);
    }
    return pixels;
  }

  /** The samples from 0 to 255; of an image that is grey those of one channel. */
  static int[] samples(byte[] pixels) {
    int[] all = new int[pixels.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = pixels[i] & 0xff;
    }
    int plane = all.length / 3;
    int[] first = Arrays.copyOf(all, plane);
    boolean isGrey =
        Arrays.equals(first, Arrays.copyOfRange(all, plane, 2 * plane))
            && Arrays.equals(first, Arrays.copyOfRange(all, 2 * plane, 3 * plane));
    return isGrey ? first : all;
  }
}
