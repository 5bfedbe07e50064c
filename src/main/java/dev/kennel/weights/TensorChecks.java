package dev.kennel.weights;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What must hold of the shapes and places that a file gives, before memory is taken for them. */
final class TensorChecks {
  private TensorChecks() {}

  /** Elements of a tensor, counted so that no product runs over. */
  static long count(String name, List<Long> shape) throws IOException {
    long count = 1;
    long withoutEmpty = 1;
    for (long length : shape) {
      if (length < 0 || (length > 0 && withoutEmpty > Long.MAX_VALUE / 8 / length)) {
        throw new IOException("%s has the impossible shape %s".formatted(name, shape));
      }
      withoutEmpty *= Math.max(1, length);
      count *= length;
    }
    return count;
  }

  /** Elements from the first to the last that a tensor uses; strides are not negative. */
  static long reach(List<Long> shape, List<Long> strides) {
    long last = 0;
    for (int d = 0; d < shape.size(); d++) {
      if (shape.get(d) == 0) {
        return 0;
      }
      last = Math.addExact(last, Math.multiplyExact(shape.get(d) - 1, strides.get(d)));
    }
    return Math.addExact(last, 1);
  }

  /** That no element of a tensor stands for two, as in an expanded one. */
  static void injective(String name, List<Long> shape, List<Long> strides) throws IOException {
    List<Integer> finestFirst =
        IntStream.range(0, shape.size())
            .filter(d -> shape.get(d) > 1)
            .boxed()
            .sorted(Comparator.comparing(strides::get))
            .toList();
    if (shape.contains(0L)) {
      return;
    }
    long covered = 0; // by the finer dimensions, less one
    for (int d : finestFirst) {
      if (strides.get(d) <= covered) {
        throw new IOException(
            "%s overlaps itself: shape %s, strides %s".formatted(name, shape, strides));
      }
      try {
        long more = Math.multiplyExact(shape.get(d) - 1, strides.get(d));
        covered = Math.addExact(covered, more);
      } catch (ArithmeticException e) {
        throw new IOException("%s has the impossible strides %s".formatted(name, strides), e);
      }
    }
  }

  /** That no two tensors share a byte. */
  static void apart(List<Tensor> tensors) throws IOException {
    List<Tensor> inOrder =
        tensors.stream()
            .filter(tensor -> tensor.count() > 0)
            .sorted(TorchTensors.BY_OFFSET)
            .toList();
    for (int i = 1; i < inOrder.size(); i++) {
      Tensor before = inOrder.get(i - 1);
      if (before.offset() + before.reach() * before.type().bytes() > inOrder.get(i).offset()) {
        throw new IOException("%s and %s overlap".formatted(before.name(), inOrder.get(i).name()));
      }
    }
  }
}
