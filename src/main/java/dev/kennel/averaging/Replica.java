package dev.kennel.averaging;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network on an executor, and which state it is in: parameters, momentum and, if it keeps one,
 * the moving average of its parameters.
 */
final class Replica {
  /** The version of one that is neither averaged nor fresh. */
  static final long NONE = -1;

  private final ComputationGraph network;
  private final List<Long> vectors; // addresses of parameters, momentum, moving average; 0: none
  private final Slicing slicing;
  private long version = NONE;

  Replica(NetworkSource source) {
    this(source.build(), source);
  }

  Replica(ComputationGraph network, NetworkSource source) {
    this.network = network;
    List<Optional<INDArray>> found =
        List.of(
            Optional.of(network.params()),
            Optional.ofNullable(network.getUpdater(true).getStateViewArray()),
            source.movingAverage(network));
    vectors = found.stream().map(vector -> vector.map(Replica::address).orElse(0L)).toList();
    slicing = new Slicing(found.stream().map(v -> v.map(INDArray::length).orElse(0L)).toList());
  }

  private static long address(INDArray vector) {
    if (vector.dataType() != DataType.FLOAT || vector.offset() != 0) {
      throw new IllegalArgumentException(
          "Cannot average a vector that is a view or not of 32-bit floats");
    }
    return vector.data().address();
  }

  ComputationGraph network() {
    return network;
  }

  Slicing slicing() {
    return slicing;
  }

  /** Of its state. */
  long bytes() {
    return Float.BYTES * slicing.floats();
  }

  long version() {
    return version;
  }

  void version(long now) {
    version = now;
  }

  /** A slice of its memory, which nothing is to use after the replica. */
  ByteBuffer slice(int index) {
    Slicing.Part part = slicing.part(index);
    long vector = vectors.get(part.vector());
    return Memory.at(vector + Float.BYTES * part.offset(), part.length());
  }

  /** The same as floats. */
  FloatBuffer floats(int index) {
    return Memory.floats(slice(index));
  }
}
