package dev.kennel.averaging;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;

/** Native memory as buffers of Java. */
final class Memory {
  /** A pointer to memory that belongs to something else; JavaCPP's own would free it. */
  private static final class View extends BytePointer {
    View(long address, long bytes) {
      this.address = address;
      this.limit = bytes;
      this.capacity = bytes;
    }
  }

  private Memory() {}

  /** The floats from an address on, as bytes in the processor's order; nothing is copied. */
  static ByteBuffer at(long address, int floats) {
    return new View(address, (long) Float.BYTES * floats).asByteBuffer();
  }

  /** The bytes as floats in the processor's order. */
  static FloatBuffer floats(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
  }
}
