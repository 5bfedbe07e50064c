package dev.kennel.averaging;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network on an executor, and which state its parameters and momentum are in. */
final class Replica {
  /** The version of one that is neither averaged nor fresh. */
  static final long NONE = -1;

  private final ComputationGraph network;
  private final long parameters; // address
  private final long momentum; // address; 0: none
  private final Slicing slicing;
  private long version = NONE;

  Replica(ComputationGraph network) {
    this.network = network;
    INDArray velocities = network.getUpdater(true).getStateViewArray();
    parameters = address(network.params());
    momentum = velocities == null ? 0 : address(velocities);
    slicing = new Slicing(network.params().length(), velocities == null ? 0 : velocities.length());
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

  /** Of parameters and momentum. */
  long bytes() {
    return Float.BYTES * (slicing.parameters() + slicing.momentum());
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
    long vector = part.isMomentum() ? momentum : parameters;
    return Memory.at(vector + Float.BYTES * part.offset(), part.length());
  }

  /** The same as floats. */
  FloatBuffer floats(int index) {
    return Memory.floats(slice(index));
  }
}
