package dev.kennel.averaging;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import org.bytedeco.javacpp.BytePointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Parameters and momentum of a network at one moment, on their way between driver and executors.
 * They are serialized as blocks of memory; ND4J's own way, a float at a time, takes ten times as
 * long.
 */
public final class NetworkState implements Externalizable, AutoCloseable {
  private static final long serialVersionUID = 1;
  private static final int BLOCK = 1 << 20; // bytes

  private INDArray parameters; // [1, n] f32
  private INDArray momentum; // [1, m] f32; null if the network has none
  private long examples;
  private boolean ownsMemory;

  /** For deserialization. */
  public NetworkState() {}

  private NetworkState(INDArray parameters, INDArray momentum, long examples, boolean ownsMemory) {
    this.parameters = parameters;
    this.momentum = momentum;
    this.examples = examples;
    this.ownsMemory = ownsMemory;
  }

  /** The parameters alone, for a network that only predicts. Shares the graph's memory. */
  public static NetworkState ofParameters(ComputationGraph graph) {
    return new NetworkState(graph.params(), null, 0, false);
  }

  /**
   * Parameters and momentum of a network that is trained. Shares the graph's memory.
   *
   * @param examples images it was trained on since the last averaging: its weight in the next
   */
  public static NetworkState of(ComputationGraph graph, long examples) {
    return new NetworkState(
        graph.params(), graph.getUpdater().getStateViewArray(), examples, false);
  }

  /** The parameters, shape [1, n]. */
  public INDArray parameters() {
    return parameters;
  }

  /** Copies this state into a graph of the same architecture. */
  public void copyTo(ComputationGraph graph) {
    graph.setParams(parameters);
    if (momentum != null) {
      graph.getUpdater().getStateViewArray().assign(momentum);
    }
  }

  /**
   * The mean of this and another state, each weighing as much as it saw examples. Overwrites the
   * memory of both: the mean is in this one's, and the other is closed.
   */
  public NetworkState averagedWith(NetworkState other) {
    long sum = examples + other.examples;
    average(parameters, other.parameters, examples / (double) sum, other.examples / (double) sum);
    if (momentum != null) {
      average(momentum, other.momentum, examples / (double) sum, other.examples / (double) sum);
    }
    other.close();
    return new NetworkState(parameters, momentum, sum, ownsMemory);
  }

  private static void average(INDArray mine, INDArray others, double weight, double othersWeight) {
    mine.muli(weight).addi(others.muli(othersWeight));
  }

  /** Frees the memory, if this state came from another process; does nothing to a graph's. */
  @Override
  public void close() {
    if (ownsMemory) {
      parameters.close();
      if (momentum != null) {
        momentum.close();
      }
    }
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    out.writeLong(examples);
    write(parameters, out);
    out.writeBoolean(momentum != null);
    if (momentum != null) {
      write(momentum, out);
    }
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    examples = in.readLong();
    parameters = read(in);
    momentum = in.readBoolean() ? read(in) : null;
    ownsMemory = true;
  }

  private static void write(INDArray vector, ObjectOutput out) throws IOException {
    if (vector.dataType() != DataType.FLOAT || vector.isView()) {
      throw new IOException("Cannot serialize a vector that is a view or not of 32-bit floats");
    }
    long bytes = 4 * vector.length();
    out.writeLong(vector.length());
    byte[] block = new byte[BLOCK];
    try (BytePointer memory = bytesOf(vector)) {
      for (long at = 0; at < bytes; at += BLOCK) {
        int length = (int) Math.min(BLOCK, bytes - at);
        memory.position(at).get(block, 0, length);
        out.write(block, 0, length);
      }
    }
  }

  private static INDArray read(ObjectInput in) throws IOException {
    long length = in.readLong();
    INDArray vector = Nd4j.createUninitialized(DataType.FLOAT, 1, length);
    long bytes = 4 * length;
    byte[] block = new byte[BLOCK];
    try (BytePointer memory = bytesOf(vector)) {
      for (long at = 0; at < bytes; at += BLOCK) {
        int size = (int) Math.min(BLOCK, bytes - at);
        in.readFully(block, 0, size);
        memory.position(at).put(block, 0, size);
      }
    }
    return vector;
  }

  /** A second pointer to the vector's memory, which does not own it. Native byte order. */
  private static BytePointer bytesOf(INDArray vector) {
    return new BytePointer(vector.data().pointer());
  }
}
