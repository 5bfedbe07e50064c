package dev.kennel.weights;

import java.util.Arrays;
import java.util.List;

/**
 * A named tensor of a file: where its elements are, not the elements.
 *
 * @param name such as {@code layer1.0.conv1.weight}
 * @param shape lengths of its dimensions; none of a single number
 * @param strides elements between two neighbours along each dimension
 * @param offset in the file of the first element, in bytes
 */
public record Tensor(
    String name, ElementType type, List<Long> shape, List<Long> strides, long offset) {

  public Tensor {
    shape = List.copyOf(shape);
    strides = List.copyOf(strides);
  }

  /** A tensor whose last index runs fastest, without gaps. */
  static Tensor dense(String name, ElementType type, List<Long> shape, long offset) {
    return new Tensor(name, type, shape, denseStrides(shape), offset);
  }

  static List<Long> denseStrides(List<Long> shape) {
    Long[] strides = new Long[shape.size()];
    long stride = 1;
    for (int d = strides.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= Math.max(1, shape.get(d));
    }
    return Arrays.asList(strides);
  }

  /** Elements. */
  public long count() {
    return shape.stream().reduce(1L, (a, b) -> a * b);
  }

  /** Whether the last index runs fastest, without gaps. */
  boolean isDense() {
    List<Long> dense = denseStrides(shape);
    for (int d = 0; d < shape.size(); d++) {
      if (shape.get(d) > 1 && !strides.get(d).equals(dense.get(d))) {
        return false;
      }
    }
    return true;
  }

  /** Elements from the first to the last that it uses, with what lies between. */
  long reach() {
    if (count() == 0) {
      return 0;
    }
    long last = 0;
    for (int d = 0; d < shape.size(); d++) {
      last += (shape.get(d) - 1) * strides.get(d);
    }
    return last + 1;
  }
}
