package dev.kennel.onednn;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Where arrays lie. */
final class Memory {
  /** Memory of somebody else's as a buffer. */
  private static final class View extends BytePointer {
    View(long address, long bytes) {
      this.address = address;
      this.limit = bytes;
      this.capacity = bytes;
    }
  }

  private Memory() {}

  /** The address of an array's first element. */
  static long address(INDArray array) {
    // A view's buffer has the address of the whole, and the offset apart.
    return array.data().address() + array.offset() * array.data().getElementSize();
  }

  /** So many floats from an address on, without a copy. */
  static FloatBuffer floats(long address, int length) {
    return new View(address, (long) Float.BYTES * length)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /**
   * The array itself if its last index runs fastest and nothing lies between; else a copy, in the
   * workspace for arrays of that type.
   */
  static INDArray inOrder(INDArray array, ArrayType type, LayerWorkspaceMgr workspaces) {
    return isInOrder(array) ? array : workspaces.dup(type, array, 'c');
  }

  /** Adds an array to another of its shape, without memory for a third where ND4J takes some. */
  static void add(INDArray part, INDArray sum) {
    if (isInOrder(part) && isInOrder(sum)) {
      Nd4j.getBlasWrapper().level1().axpy(sum.length(), 1, part, sum);
    } else {
      sum.addi(part);
    }
  }

  private static boolean isInOrder(INDArray array) {
    long stride = 1;
    for (int i = array.rank() - 1; i >= 0; i--) {
      if (array.size(i) != 1 && array.stride(i) != stride) {
        return false;
      }
      stride *= array.size(i);
    }
    return true;
  }
}
