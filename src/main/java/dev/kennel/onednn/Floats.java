package dev.kennel.onednn;

import java.nio.FloatBuffer;

/**
 * Native memory that is copied to arrays and back, a few thousand floats at a time. It is seen
 * through a buffer that moves only when it must: to make one takes as long as hundreds of floats.
 */
final class Floats {
  private static final int SIZE = 1 << 28; // floats; a buffer has less than 2 GiB

  private FloatBuffer floats; // from the beginning on; what lies behind the memory is not touched
  private long begin;

  /** Copies so many floats from an address on to the beginning of an array. */
  void read(long address, float[] to, int size) {
    int index = index(address, size);
    floats.get(index, to, 0, size);
  }

  /** Copies so many floats from the beginning of an array to an address on. */
  void write(long address, float[] values, int size) {
    int index = index(address, size);
    floats.put(index, values, 0, size);
  }

  private int index(long address, int size) {
    long index = (address - begin) / Float.BYTES;
    if (floats == null || index < 0 || index + size > SIZE) {
      begin = address;
      floats = Memory.floats(address, SIZE);
      return 0;
    }
    return (int) index;
  }
}
