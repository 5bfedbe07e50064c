package dev.kennel.onednn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;

/**
 * Native memory for the length of one operation, aligned to 64 bytes. Blocks go back to a pool and
 * grow as needed, so that a training step in full swing takes no new memory; there are as many as
 * were ever in use at once, two or three for each thread that computes.
 */
final class Scratch implements AutoCloseable {
  private static final int ALIGNMENT = 64;
  private static final List<Scratch> POOL = new ArrayList<>(); // guarded by itself

  private BytePointer memory = new BytePointer();
  private long capacity;

  private Scratch() {}

  /** A block of at least that many bytes; closing it gives it back. */
  static Scratch take(long bytes) {
    Scratch block = free(bytes);
    if (block.capacity < bytes) {
      block.memory.close();
      block.memory = new BytePointer(bytes + ALIGNMENT);
      block.capacity = bytes;
    }
    return block;
  }

  /** The smallest block that is large enough, or else the largest there is, which has to grow. */
  private static Scratch free(long bytes) {
    Comparator<Scratch> bySize = Comparator.comparingLong(block -> block.capacity);
    synchronized (POOL) {
      Scratch block =
          POOL.stream()
              .filter(b -> b.capacity >= bytes)
              .min(bySize)
              .or(() -> POOL.stream().max(bySize))
              .orElseGet(Scratch::new);
      POOL.remove(block);
      return block;
    }
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
    synchronized (POOL) {
      POOL.add(this);
    }
  }
}
