package dev.kennel.onednn;

import java.util.Random;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A tensor in double precision, the last index running fastest. */
record Tensor(int[] shape, double[] values) {

  static Tensor zeros(int... shape) {
    return new Tensor(shape, new double[IntStream.of(shape).reduce(1, (a, b) -> a * b)]);
  }

  /** Values between −1 and 1 that f32 holds exactly. */
  static Tensor random(Random random, int... shape) {
    Tensor tensor = zeros(shape);
    for (int i = 0; i < tensor.values.length; i++) {
      tensor.values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return tensor;
  }

  /** Values between −1 and 1 that bf16 holds exactly. */
  static Tensor coarse(Random random, int... shape) {
    Tensor tensor = zeros(shape);
    for (int i = 0; i < tensor.values.length; i++) {
      tensor.values[i] = (random.nextInt(257) - 128) / 128.0;
    }
    return tensor;
  }

  /** Of an array of rows, or of images, blocked or not. */
  static Tensor of(INDArray array) {
    INDArray plain = plain(array);
    int[] shape = IntStream.range(0, plain.rank()).map(i -> (int) plain.size(i)).toArray();
    return new Tensor(shape, plain.dup('c').data().asDouble());
  }

  private static INDArray plain(INDArray array) {
    return array.rank() == 5 // [batch, channels / block, height, width, block]
        ? array.permute(0, 1, 4, 2, 3).dup('c').reshape('c', Layout.sizes(array))
        : array;
  }

  INDArray toArray() {
    long[] sizes = IntStream.of(shape).asLongStream().toArray();
    return Nd4j.createFromArray(values).castTo(DataType.FLOAT).reshape('c', sizes);
  }

  /** As an array of images in the order of {@code like}, blocked or not. */
  INDArray toArrayLike(INDArray like) {
    INDArray plain = toArray().castTo(like.dataType());
    if (like.rank() != 5) {
      return plain.reshape('c', like.shape());
    }
    long[] s = like.shape();
    return plain.reshape('c', s[0], s[1], s[4], s[2], s[3]).permute(0, 1, 3, 4, 2).dup('c');
  }

  int index(int a, int b, int c, int d) {
    return ((a * shape[1] + b) * shape[2] + c) * shape[3] + d;
  }

  double largest() {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
