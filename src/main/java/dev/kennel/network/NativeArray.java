package dev.kennel.network;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The memory of ND4J's arrays of floats; ND4J itself would copy a float at a time. */
public final class NativeArray {
  private NativeArray() {}

  /**
   * Each part of an array along its first dimension: its own memory, to be read and written.
   *
   * @param array of floats in the order of C, in which the last index runs fastest; it must outlive
   *     the buffers
   * @throws IllegalArgumentException if it is of another type or order
   */
  public static List<FloatBuffer> rows(INDArray array) {
    if (array.dataType() != DataType.FLOAT
        || array.ordering() != 'c'
        || array.elementWiseStride() != 1) {
      throw new IllegalArgumentException(
          "Cannot take the rows of an array of type %s in order %s, %d apart"
              .formatted(array.dataType(), array.ordering(), array.elementWiseStride()));
    }
    FloatPointer floats = new FloatPointer(array.data().pointer());
    long length = array.length() / array.size(0);
    return LongStream.range(0, array.size(0))
        .map(row -> array.offset() + row * length)
        .mapToObj(
            begin -> floats.limit(begin + length).position(begin).asByteBuffer().asFloatBuffer())
        .toList();
  }

  /**
   * A piece of an array's memory, whatever its order: elements as they lie.
   *
   * @param array of floats without gaps; it must outlive the buffer
   * @param at element that the piece begins with
   */
  static FloatBuffer piece(INDArray array, long at, int length) {
    if (array.dataType() != DataType.FLOAT || array.elementWiseStride() != 1) {
      throw new IllegalArgumentException(
          "Cannot take a piece of an array of type %s, %d apart"
              .formatted(array.dataType(), array.elementWiseStride()));
    }
    long begin = array.offset() + at;
    return new FloatPointer(array.data().pointer())
        .limit(begin + length)
        .position(begin)
        .asByteBuffer()
        .asFloatBuffer();
  }
}
