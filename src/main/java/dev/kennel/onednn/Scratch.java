package dev.kennel.onednn;

import java.util.concurrent.ConcurrentLinkedDeque;
import org.bytedeco.javacpp.BytePointer;

/**
 * Native memory for the length of one operation, aligned to 64 bytes. Blocks go back to a pool and
 * grow as needed, so that a training step in full swing takes no new memory; there are as many as
 * were ever in use at once, two or three for each thread that computes.
 */
final class Scratch implements AutoCloseable {
  private static final int ALIGNMENT = 64;
  private static final ConcurrentLinkedDeque<Scratch> POOL = new ConcurrentLinkedDeque<>();

  private BytePointer memory = new BytePointer();
  private long capacity;

  private Scratch() {}

  /** A block of at least that many bytes; closing it gives it back. */
  static Scratch take(long bytes) {
    Scratch block = POOL.pollFirst();
    if (block == null) {
      block = new Scratch();
    }
    if (block.capacity < bytes) {
      block.memory.close();
      block.memory = new BytePointer(bytes + ALIGNMENT);
      block.capacity = bytes;
    }
    return block;
  }

  long address() {
    return aligned(memory);
  }

  /** The first address in the memory that is a multiple of 64. */
  static long aligned(BytePointer memory) {
    return (memory.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Memory that is kept, with room to align it. */
  static BytePointer keep(long bytes) {
    return new BytePointer(bytes + ALIGNMENT);
  }

  @Override
  public void close() {
    POOL.addFirst(this);
  }
}
