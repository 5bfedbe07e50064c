package dev.kennel.onednn;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies arrays between the number formats f32 and bf16. */
final class Casts {
  private record Cast(DataType from, DataType to, long length) {}

  private final Map<Cast, Primitive> primitives = new HashMap<>();

  /** The array itself if it is in that format; else a copy, in the workspace for such arrays. */
  INDArray to(DataType type, INDArray array, ArrayType as, LayerWorkspaceMgr workspaces) {
    if (array.dataType() == type) {
      return array;
    }
    INDArray inOrder = Memory.inOrder(array, as, workspaces);
    INDArray copy = workspaces.createUninitialized(as, type, array.shape(), 'c');
    primitives
        .computeIfAbsent(
            new Cast(array.dataType(), type, array.length()),
            cast ->
                Primitive.reorder(
                    Layout.plain(cast.from(), cast.length()),
                    Layout.plain(cast.to(), cast.length())))
        .run(Memory.address(inOrder), Memory.address(copy));
    return copy;
  }
}
