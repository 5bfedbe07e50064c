package dev.kennel.onednn;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

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

  /** Whether its last index runs fastest and nothing lies between. */
  static boolean isInOrder(INDArray array) {
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
