package dev.kennel.averaging;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the state of a network, its parameters and behind them its momentum, is cut into slices. No
 * slice has parts of both.
 *
 * @param parameters their number
 * @param momentum its number of floats, or those of what else the optimizer keeps from step to step
 *     (AdamW two means, twice the parameters); 0: none
 */
record Slicing(long parameters, long momentum) implements Serializable {
  /** Floats of a slice, but the last of each vector: 16 MiB. */
  static final int LENGTH = 1 << 22;

  /**
   * One slice.
   *
   * @param isMomentum whether it is of the momentum
   * @param offset in its vector, in floats
   * @param length in floats
   */
  record Part(boolean isMomentum, long offset, int length) {}

  int count() {
    return slices(parameters) + slices(momentum);
  }

  /** The indexes that leave {@code rest} when divided. */
  static List<Integer> every(int divisor, int rest, int count) {
    return IntStream.range(0, count).filter(i -> i % divisor == rest).boxed().toList();
  }

  /** The slice of that index. */
  Part part(int index) {
    int before = slices(parameters);
    boolean isMomentum = index >= before;
    long offset = (long) LENGTH * (isMomentum ? index - before : index);
    long all = isMomentum ? momentum : parameters;
    return new Part(isMomentum, offset, (int) Math.min(LENGTH, all - offset));
  }

  private static int slices(long floats) {
    return Math.toIntExact((floats + LENGTH - 1) / LENGTH);
  }
}
