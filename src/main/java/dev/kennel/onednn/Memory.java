package dev.kennel.onednn;

import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/** Where arrays lie. */
final class Memory {
  private Memory() {}

  /** The address of an array's first element. */
  static long address(INDArray array) {
    // A view's buffer has the address of the whole, and the offset apart.
    return array.data().address() + array.offset() * array.data().getElementSize();
  }

  /** The array itself if its last index runs fastest and nothing lies between; else a copy. */
  static INDArray inOrder(INDArray array, ArrayType type, LayerWorkspaceMgr workspaces) {
    return array.ordering() == 'c' && Shape.hasDefaultStridesForShape(array)
        ? array
        : workspaces.dup(type, array, 'c');
  }
}
