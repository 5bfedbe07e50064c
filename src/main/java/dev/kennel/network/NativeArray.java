package dev.kennel.network;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays of floats that are copied in one piece; ND4J itself copies a float at a time. */
public final class NativeArray {
  private NativeArray() {}

  /**
   * An array of its own memory.
   *
   * @param values in the order of C: the last index runs fastest
   * @throws IllegalArgumentException if they are not as many as the shape has room for
   */
  public static INDArray of(float[] values, long... shape) {
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    if (array.length() != values.length) {
      throw new IllegalArgumentException(
          "Cannot make an array of %d from %d values".formatted(array.length(), values.length));
    }
    new FloatPointer(array.data().pointer()).position(array.offset()).put(values);
    return array;
  }
}
