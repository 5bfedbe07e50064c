package dev.kennel.model;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A vector's own memory, any number of floats, read and written in pieces. */
final class Floats {
  /** Floats of a piece, but the last: 1 MiB. */
  static final int PIECE = 1 << 18;

  private final FloatPointer memory;
  private final long length;
  private final float[] piece = new float[PIECE];

  Floats(INDArray vector) {
    if (vector.dataType() != DataType.FLOAT || vector.offset() != 0 || vector.isView()) {
      throw new IllegalArgumentException(
          "Cannot save or load a vector that is a view or not of 32-bit floats");
    }
    memory = new FloatPointer(vector.data().pointer());
    length = vector.length();
  }

  long length() {
    return length;
  }

  /** Floats of the piece that begins there. */
  int piece(long at) {
    return (int) Math.min(PIECE, length - at);
  }

  /** Copies the piece that begins at {@code at}; tells how many floats it has. */
  int read(long at, FloatBuffer to) {
    memory.position(at).get(piece, 0, piece(at));
    to.put(piece, 0, piece(at));
    return piece(at);
  }

  /** Fills the piece that begins at {@code at}. */
  void write(long at, FloatBuffer from) {
    from.get(piece, 0, piece(at));
    memory.position(at).put(piece, 0, piece(at));
  }
}
