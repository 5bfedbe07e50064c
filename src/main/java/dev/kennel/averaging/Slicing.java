package dev.kennel.averaging;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the state of a network, several vectors one behind the other, is cut into slices. No slice
 * has parts of two.
 *
 * @param lengths of the vectors, in floats; 0: a vector that there is not
 */
record Slicing(List<Long> lengths) implements Serializable {
  /** Floats of a slice, but the last of each vector: 16 MiB. */
  static final int LENGTH = 1 << 22;

  Slicing {
    lengths = List.copyOf(lengths);
  }

  /** Of vectors of these lengths. */
  static Slicing of(long... lengths) {
    return new Slicing(Arrays.stream(lengths).boxed().toList());
  }

  /**
   * One slice.
   *
   * @param vector that it is of, counted from 0
   * @param offset in its vector, in floats
   * @param length in floats
   */
  record Part(int vector, long offset, int length) {}

  int count() {
    return lengths.stream().mapToInt(Slicing::slices).sum();
  }

  /** Floats of all vectors. */
  long floats() {
    return lengths.stream().mapToLong(Long::longValue).sum();
  }

  /** The indexes that leave {@code rest} when divided. */
  static List<Integer> every(int divisor, int rest, int count) {
    return IntStream.range(0, count).filter(i -> i % divisor == rest).boxed().toList();
  }

  /** The slice of that index. */
  Part part(int index) {
    int vector = 0;
    int inVector = index;
    while (inVector >= slices(lengths.get(vector))) {
      inVector -= slices(lengths.get(vector));
      vector++;
    }
    long offset = (long) LENGTH * inVector;
    return new Part(vector, offset, (int) Math.min(LENGTH, lengths.get(vector) - offset));
  }

  private static int slices(long floats) {
    return Math.toIntExact((floats + LENGTH - 1) / LENGTH);
  }
}
