package dev.kennel.onednn;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of a network's training steps: every array that its layers ask for. An array goes back
 * as soon as nothing needs it any more, and the next one that fits takes its place, so that a step
 * needs little more than the activations that the backward pass must see again, and a step in full
 * swing takes no new memory. It belongs to the network, not to a thread, unlike Deeplearning4j's
 * workspaces, and grows until it is closed.
 */
final class StepMemory extends LayerWorkspaceMgr {
  private static final double MOST_WASTE = 1.5; // a block serves arrays down to 1 / 1.5 of its size

  /** Memory for one array at a time. */
  private static final class Block {
    private final INDArray whole; // as f32
    private DataBuffer halves; // the same memory as bf16; null: not asked for yet
    private int users;
    private boolean isWorking; // let go at the end of the operation

    Block(INDArray whole) {
      this.whole = whole;
    }

    DataBuffer as(DataType type) {
      if (type == DataType.FLOAT) {
        return whole.data();
      }
      if (halves == null) {
        Pointer memory = whole.data().pointer();
        halves = Nd4j.createBuffer(memory, 2 * whole.length(), DataType.BFLOAT16);
      }
      return halves;
    }
  }

  private final List<Block> free = new ArrayList<>();
  private final Map<Long, Block> taken = new HashMap<>(); // by address

  StepMemory() {
    super(EnumSet.allOf(ArrayType.class), Map.of(), Map.of());
  }

  @Override
  public INDArray createUninitialized(ArrayType type, DataType dataType, long[] shape, char order) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    if (length == 0 || (dataType != DataType.FLOAT && dataType != DataType.BFLOAT16)) {
      try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        return Nd4j.createUninitialized(dataType, shape, order);
      }
    }
    Block block = take(dataType == DataType.FLOAT ? length : (length + 1) / 2);
    block.users = 0;
    block.isWorking = type == ArrayType.FF_WORKING_MEM || type == ArrayType.BP_WORKING_MEM;
    taken.put(Memory.address(block.whole), block);
    DataBuffer data = block.as(dataType);
    DataBuffer part = length == data.length() ? data : Nd4j.createBuffer(data, 0, length);
    return Nd4j.create(part, shape, Nd4j.getStrides(shape, order), 0, order);
  }

  @Override
  public INDArray createUninitialized(ArrayType type, DataType dataType, long... shape) {
    return createUninitialized(type, dataType, shape, Nd4j.order());
  }

  @Override
  public INDArray create(ArrayType type, DataType dataType, long[] shape, char order) {
    return createUninitialized(type, dataType, shape, order).assign(0);
  }

  @Override
  public INDArray create(ArrayType type, DataType dataType, long... shape) {
    return create(type, dataType, shape, Nd4j.order());
  }

  @Override
  public INDArray dup(ArrayType type, INDArray array, char order) {
    return createUninitialized(type, array.dataType(), array.shape(), order).assign(array);
  }

  @Override
  public INDArray dup(ArrayType type, INDArray array) {
    return dup(type, array, array.ordering());
  }

  /**
   * The smallest block of so many f32 numbers that is large enough, but not much larger; or a new
   * one. Of equal ones the latest let go, which the processor's cache may still hold.
   */
  private Block take(long length) {
    Block best = null;
    for (int i = free.size() - 1; i >= 0; i--) {
      Block block = free.get(i);
      long size = block.whole.length();
      if (size >= length
          && size <= MOST_WASTE * length
          && (best == null || size < best.whole.length())) {
        best = block;
      }
    }
    if (best != null) {
      free.remove(best);
      return best;
    }
    try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return new Block(Nd4j.createUninitialized(DataType.FLOAT, length));
    }
  }

  /** Keeps an array, or what it is a view of, until it is released as often. */
  void retain(INDArray array) {
    Block block = taken.get(array.data().address());
    if (block != null) {
      block.users++;
    }
  }

  /** Lets an array go that was retained. */
  void release(INDArray array) {
    Block block = taken.get(array.data().address());
    if (block != null && --block.users == 0) {
      taken.remove(array.data().address());
      free.add(block);
    }
  }

  /** Ends an operation: its working memory goes back. */
  void endOperation() {
    giveBack(block -> block.isWorking && block.users == 0);
  }

  /** Ends a step: everything goes back. */
  void endStep() {
    giveBack(block -> true);
  }

  /** Frees all of it, between two steps; Java's collector alone would do so at some time. */
  void close() {
    if (!taken.isEmpty()) {
      throw new IllegalStateException("Cannot free the memory of a step that is under way");
    }
    free.forEach(block -> block.whole.close());
    free.clear();
  }

  /** What it holds, in bytes, whether in use or not. */
  long bytes() {
    return Stream.concat(free.stream(), taken.values().stream())
        .mapToLong(block -> Float.BYTES * block.whole.length())
        .sum();
  }

  private void giveBack(Predicate<Block> which) {
    taken
        .values()
        .removeIf(
            block -> {
              boolean back = which.test(block);
              if (back) {
                free.add(block);
              }
              return back;
            });
  }
}
