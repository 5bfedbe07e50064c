package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Adds arrays in place, without memory for a third where ND4J takes some. */
final class Sums {
  private record Sum(DataType type, long length) {}

  private final Map<Sum, Primitive> primitives = new HashMap<>();

  /** Adds an array to another of its shape and format. */
  void add(INDArray part, INDArray sum) {
    if (!Memory.isInOrder(part) || !Memory.isInOrder(sum)) {
      sum.addi(part);
    } else {
      primitives
          .computeIfAbsent(
              new Sum(sum.dataType(), sum.length()),
              key -> Primitive.addition(Layout.plain(key.type(), key.length()), attributes -> {}))
          .with(DNNL_ARG_SRC_0, Memory.address(sum))
          .with(DNNL_ARG_SRC_1, Memory.address(part))
          .with(DNNL_ARG_DST, Memory.address(sum))
          .run();
    }
  }
}
