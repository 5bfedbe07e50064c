package dev.kennel.training;

import java.io.Serializable;

/**
 * An order of 0 … size - 1 that a seed decides, of which any place can be computed alone, without
 * memory: a Feistel network of eight rounds (Luby and Rackoff 1988, "How to construct pseudorandom
 * permutations") over the next power of 4, walked until it lands inside (Black and Rogaway 2002,
 * "Ciphers with arbitrary finite domains").
 *
 * @param size of the order, 1 or more
 * @param seed decides it
 */
record Permutation(int size, long seed) implements Serializable {
  private static final int ROUNDS = 8;

  Permutation {
    if (size < 1) {
      throw new IllegalArgumentException("Cannot order " + size + " things: it takes one or more");
    }
  }

  /** The place of one of them. Less than four walks on average. */
  int place(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(index + " is not among " + size);
    }
    long place = index;
    do {
      place = step(place);
    } while (place >= size);
    return (int) place;
  }

  private long step(long from) {
    int bits = halfBits();
    long mask = (1L << bits) - 1;
    long left = from >>> bits;
    long right = from & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long next = left ^ (mix(mix(seed + round) + right) & mask);
      left = right;
      right = next;
    }
    return left << bits | right;
  }

  /** Half the bits, rounded up, that the largest of them has; 1 at least. */
  private int halfBits() {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
    return Math.max(1, (bits + 1) / 2);
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood 2014), variant 13 of Stafford. */
  private static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }
}
